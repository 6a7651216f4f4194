/** The boards that a bundle can be made for, and where npm's packages keep their addons for each. */
export interface Architecture {
  /** As `process.arch` names it. */
  readonly node: string;
  /** As `uname -m` names it. */
  readonly machines: readonly string[];
  readonly addons: { readonly 'serialport.node': string; readonly 'hid.node': string };
}

const addons = (folder: string, serialport: string): Architecture['addons'] => ({
  'serialport.node': `node_modules/@serialport/bindings-cpp/prebuilds/linux-${folder}/@serialport+bindings-cpp.${serialport}.node`,
  'hid.node': `node_modules/node-hid/prebuilds/HID_hidraw-linux-${folder}/node-napi-v4.node`,
});

export const architectures: Readonly<Record<string, Architecture>> = {
  x64: { node: 'x64', machines: ['x86_64'], addons: addons('x64', 'glibc') },
  arm64: { node: 'arm64', machines: ['aarch64'], addons: addons('arm64', 'armv8.glibc') },
  armv7: { node: 'arm', machines: ['armv7l'], addons: addons('arm', 'armv7.glibc') },
};
