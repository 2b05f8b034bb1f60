import type { Holding, StoreHost } from "../../src/store/index.ts";

/** A host that loses a holding when a test says so, as one does whose time has run out. */
export interface LosingHost {
  readonly host: StoreHost;
  /** @param name `engine/0`; it must be held. */
  readonly lose: (name: string) => Promise<void>;
  /**
   * From now on nothing can be held through it: its process counts as dead, although parts of it still run in this one.
   */
  readonly die: () => void;
}

/** Remembers what is held through it. */
export function losingHost(inner: StoreHost): LosingHost {
  const held = new Map<string, Holding>();
  let isDead = false;
  const hold = async (name: "house", signal: AbortSignal): Promise<Holding> => {
    if (isDead) return new Promise(() => undefined);
    const holding = await inner.hold(name, signal);
    held.set(name, holding);
    return holding;
  };
  return {
    host: new Proxy(inner, {
      get: (target, key) => {
        if (key === "hold") return hold;
        const member: unknown = Reflect.get(target, key);
        return typeof member === "function" ? member.bind(target) : member;
      },
    }),
    lose: async (name) => {
      const holding = held.get(name);
      if (holding === undefined) throw new Error(`${name} is not held`);
      await holding.release();
    },
    die: () => {
      isDead = true;
    },
  };
}
