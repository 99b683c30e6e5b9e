// Made by `packing.ts` when the single file is built.
declare module "virtual:docs" {
  const packed: string;
  export default packed;
}
