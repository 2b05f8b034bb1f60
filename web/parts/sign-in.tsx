import { useSignal } from "@preact/signals";
import type { VNode } from "preact";

import { ApiError } from "../state/api.ts";
import { isLocked, me, signIn, signingIn, signOut } from "../state/me.ts";
import { Dialog } from "./dialog.tsx";

/** The dialog that asks for a token when a change needs one. */
export function SignInDialog(): VNode | null {
  const waiting = signingIn.value;
  if (waiting === undefined) return null;
  const close = (): void => {
    signingIn.value = undefined;
  };
  return (
    <Dialog title="Sign in" onClose={close}>
      <p class="lead">
        This needs a token of <code>server.tokens.write</code>. It is kept for twelve hours in a cookie that
        no script can read.
      </p>
      <TokenForm
        onDone={() => {
          if (me.value?.may.write !== true) return "This token may only read.";
          close();
          waiting.change();
          return "";
        }}
      />
    </Dialog>
  );
}

/** What is shown instead of every view where nothing may be read. */
export function Locked(): VNode {
  return (
    <section class="empty">
      <h1 tabIndex={-1}>Sign in</h1>
      {me.value?.canSignIn === true ? (
        <>
          <p>
            Reading needs a token of <code>server.tokens.read</code> or <code>server.tokens.write</code> here.
          </p>
          <TokenForm
            onDone={() => {
              location.reload();
              return "";
            }}
          />
        </>
      ) : (
        <p>
          You may not read here. Sessions hold on the same machine and at <code>server.publicUrl</code>.
        </p>
      )}
    </section>
  );
}

/** @param onDone Goes on after a token was taken, or says why that is not enough. */
function TokenForm({ onDone }: { readonly onDone: () => string }): VNode {
  const fault = useSignal("");
  const submit = async (token: string): Promise<void> => {
    try {
      await signIn(token);
      fault.value = onDone();
    } catch (error) {
      if (!(error instanceof ApiError)) throw error;
      fault.value = error.message;
    }
  };
  return (
    <form
      class="token"
      onSubmit={(event) => {
        event.preventDefault();
        const field = event.currentTarget.elements.namedItem("token");
        if (field instanceof HTMLInputElement) void submit(field.value);
      }}
    >
      <label>
        <span>Token</span>
        <input name="token" type="password" required autocomplete="current-password" />
      </label>
      <button type="submit" class="main">
        Sign in
      </button>
      <p class="fault" role="alert">
        {fault.value}
      </p>
    </form>
  );
}

/** Who is signed in, with the way out. */
export function WhoAmI(): VNode | null {
  const { user = null, how = "none" } = me.value ?? {};
  if (user !== null) return <span class="user">{user}</span>;
  if (how !== "session" || isLocked.value) return null;
  return (
    <button type="button" class="quiet" onClick={() => void signOut()}>
      Sign out
    </button>
  );
}
