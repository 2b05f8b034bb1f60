import type { StoreHost } from "../../src/store/index.ts";

/** Puts something before what a host hands out: before the store of its engine, and before each outbox. */
export function wrapHost(host: StoreHost, wrap: <Part extends object>(part: Part) => Part): StoreHost {
  const hold = async (name: "house", signal: AbortSignal) => {
    const holding: object = await host.hold(name, signal);
    return new Proxy(holding, {
      get: (target, key) => {
        const member: unknown = Reflect.get(target, key);
        if (typeof member === "function") return member.bind(target);
        return key === "store" || key === "outbox" ? wrap(Object(member) as object) : member;
      },
    });
  };
  return new Proxy(host, {
    get: (target, key) => {
      if (key === "hold") return hold;
      const member: unknown = Reflect.get(target, key);
      return typeof member === "function" ? member.bind(target) : member;
    },
  });
}

/** Calls `before` with the name and the arguments of each method; what it throws rejects the call. */
export function intercept<Part extends object>(
  part: Part,
  before: (method: string, args: readonly unknown[]) => Promise<void> | void,
): Part {
  return new Proxy(part, {
    get: (target, key) => {
      const member: unknown = Reflect.get(target, key);
      if (typeof member !== "function") return member;
      return async (...args: unknown[]): Promise<unknown> => {
        await before(String(key), args);
        return await (member.apply(target, args) as Promise<unknown>);
      };
    },
  });
}
