import { availableParallelism } from "node:os";

import { defineConfig } from "vitest/config";

/** Ends what hangs. A slow machine needs minutes for what takes a second elsewhere, and that is no fault. */
const hangsAfter = (minutes: number) => ({
  testTimeout: minutes * 60_000,
  hookTimeout: minutes * 60_000,
});

/** What runs on a real control plane has its own projects: it is slow to build once and needs Go and etcd. */
export default defineConfig({
  // `tocsin/reporter` as examples import it is its source here, not what was built of it.
  ssr: { resolve: { conditions: ["tocsin-source", "node", "module", "default"] } },
  test: {
    projects: [
      {
        test: {
          name: "unit",
          include: ["test/**/*.test.ts"],
          exclude: [
            "test/cluster/**",
            "test/chart/**",
            "test/image/**",
            "test/memory/**",
            "test/node/**",
            "test/receivers/**",
            "test/web/browser/**",
          ],
          ...hangsAfter(5),
          globalSetup: ["test/support/set-up.ts"],
          // All files of a worker share one process and its modules, since loading them anew took half of the time.
          isolate: false,
          // One more than there are cores: a worker waits for sockets and timers a third of its time.
          maxWorkers: availableParallelism() + 1,
        },
      },
      {
        test: {
          name: "memory",
          // Their files lie on a disk, as in a cluster: a limit of memory counts those that lie in memory.
          include: ["test/memory/**/*.test.ts"],
          ...hangsAfter(15),
          fileParallelism: false,
        },
      },
      {
        test: {
          name: "image",
          include: ["test/image/**/*.test.ts"],
          ...hangsAfter(15),
          fileParallelism: false,
        },
      },
      {
        test: {
          name: "cluster",
          include: ["test/cluster/**/*.test.ts"],
          ...hangsAfter(15),
          fileParallelism: false,
        },
      },
      {
        test: {
          name: "node",
          include: ["test/node/**/*.test.ts"],
          ...hangsAfter(30),
          fileParallelism: false,
        },
      },
      {
        test: {
          // Servers that sinks send to, as their makers give them out.
          name: "receivers",
          include: ["test/receivers/**/*.test.ts"],
          ...hangsAfter(15),
        },
      },
      {
        test: {
          // The page in a real browser.
          name: "web",
          include: ["test/web/browser/**/*.test.ts"],
          globalSetup: ["test/web/browser/set-up.ts"],
          ...hangsAfter(10),
          fileParallelism: false,
        },
      },
      {
        test: {
          name: "chart",
          include: ["test/chart/**/*.test.ts"],
          ...hangsAfter(15),
          fileParallelism: false,
        },
      },
    ],
    coverage: { provider: "v8", include: ["src/**"], reporter: ["text-summary"] },
  },
});
