declare module "systeminformation/lib/osinfo.js" {
  export { uuid } from "systeminformation";
}
