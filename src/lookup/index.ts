export { OwnerLookUp, type OwnerLookUpOptions } from "./owner-look-up.ts";
