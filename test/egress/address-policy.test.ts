import { describe, expect, it } from "vitest";

import { guardedLookup, refusalOf, refusalOfHost } from "../../src/egress/address-policy.ts";

describe("refusalOf", () => {
  it.each([
    "169.254.169.254",
    "169.254.0.1",
    "100.100.100.200",
    "192.0.0.192",
    "168.63.129.16",
    "fe80::1",
    "febf::1",
    "fd00:ec2::254",
    "fd20:ce::254",
    "::ffff:169.254.169.254",
    "::ffff:a9fe:a9fe",
    "64:ff9b::169.254.169.254",
    "64:ff9b::100.100.100.200",
    "fd00:ec2::23",
    "fe80::1%eth0",
    "64:ff9b::c000:c0",
    "64:ff9b::a83f:8110",
    "64:ff9b:1::a9fe:a9fe",
    "64:ff9b:1:a9fe:a9:fe00::",
    "64:ff9b:1:a9:fe:a9fe::",
    "64:ff9b:1:0:a9:fea9:fe00::",
    "::169.254.169.254",
    "::ffff:0:169.254.169.254",
    "2002:a9fe:a9fe::1",
    "2002:c000:00c0::",
    "2001:0:1:2:3:4:5601:5601",
  ])("refuses %s even where private addresses are allowed", (address) => {
    expect(refusalOf(address, true)).toMatchObject({ failure: "refused-address", class: "broken" });
  });

  it.each([
    "127.0.0.1",
    "127.8.9.1",
    "0.0.0.0",
    "10.1.2.3",
    "172.16.0.1",
    "172.31.255.255",
    "192.168.1.1",
    "100.64.0.1",
    "::1",
    "::",
    "fd12:3456::1",
    "::ffff:127.0.0.1",
    "64:ff9b::10.0.0.1",
    "64:ff9b:1::10.0.0.1",
    "::10.0.0.1",
    "::ffff:0:10.0.0.1",
    "2002:a00:1::",
    "192.0.0.8",
    "224.0.0.1",
    "240.0.0.1",
    "255.255.255.255",
    "fec0::1",
    "ff02::1",
  ])("refuses %s only where private addresses are not allowed", (address) => {
    expect(refusalOf(address, true)).toBeUndefined();
    expect(refusalOf(address, false)?.message).toContain(address);
  });

  it.each(["93.184.216.34", "172.32.0.1", "169.253.255.255", "100.128.0.1", "2606:2800:220:1::1"])(
    "allows %s",
    (address) => {
      expect(refusalOf(address, false)).toBeUndefined();
    },
  );

  it.each(["64:ff9b::93.184.216.34", "::ffff:93.184.216.34", "2002:5db8:d822::1"])(
    "allows %s, which stands for an address of the internet",
    (address) => {
      expect(refusalOf(address, false)).toBeUndefined();
    },
  );
});

describe("refusalOfHost", () => {
  it.each([
    "http://2130706433/",
    "http://0x7f.1/",
    "http://0177.0.0.1/",
    "http://127.1/",
    "http://[::1]/",
    "http://[::ffff:127.0.0.1]/",
  ])("sees through the spelling of %s", (url) => {
    expect(refusalOfHost(new URL(url).hostname, false)).toBeDefined();
  });

  it("leaves names to the look-up", () => {
    expect(refusalOfHost("localhost", false)).toBeUndefined();
  });
});

describe("guardedLookup", () => {
  const resolve = (allowPrivate: boolean, all: boolean): Promise<unknown> =>
    new Promise((done) => {
      guardedLookup(allowPrivate)("localhost", { all }, (error, address) => done(error ?? address));
    });

  it("judges what a name stands for", async () => {
    expect(await resolve(false, true)).toMatchObject({ failure: "refused-address" });
  });

  it("answers one address or all, as it was asked", async () => {
    expect(await resolve(true, true)).toContainEqual(
      expect.objectContaining({ address: expect.any(String) }),
    );
    expect(await resolve(true, false)).toEqual(expect.any(String));
  });
});
