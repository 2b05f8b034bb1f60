/** Notices logins of a transport of nodemailer, which tells of them in its log alone. */
export interface LoginWatch {
  /** For the option `logger` of the transport. */
  readonly logger: { info(data: unknown): void };
  readonly hasLoggedIn: boolean;
}

/** No login was seen yet. */
export function watchLogins(): LoginWatch {
  let hasLoggedIn = false;
  return {
    logger: {
      info: (data) => {
        if (
          typeof data === "object" &&
          data !== null &&
          "action" in data &&
          data.action === "authenticated"
        ) {
          hasLoggedIn = true;
        }
      },
    },
    get hasLoggedIn() {
      return hasLoggedIn;
    },
  };
}
