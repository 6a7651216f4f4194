import { type ChildProcessByStdio, spawn } from 'node:child_process';
import { once } from 'node:events';
import {
  closeSync,
  constants,
  mkdirSync,
  mkdtempSync,
  openSync,
  readlinkSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, relative } from 'node:path';
import type { Readable, Writable } from 'node:stream';
import { setTimeout as pause } from 'node:timers/promises';
import { keypadReport } from './hid-reports.ts';
import { type FarEnd, plugIn } from './pty.ts';

export type HidDevice = 'reader' | 'keypad';

/** A keypad and a swipe reader as the kernel would show them to a program, by umockdev. Both are plugged in. */
export interface HidRig {
  /**
   * What a command's environment needs (added to its own) so that it sees the two devices, and no others. Any number
   * of commands may be started with it, killed and started again: the devices stay plugged in.
   */
  readonly env: { readonly LD_PRELOAD: string; readonly UMOCKDEV_DIR: string };
  /** Sends one input report as it is, then keeps the pace of a USB line. */
  send(device: HidDevice, report: Uint8Array): Promise<void>;
  /** The reader sends a swipe (a 337-byte report). */
  swipe(report: Uint8Array): Promise<void>;
  /** A key goes down and comes up again. */
  press(usage: number): Promise<void>;
  /** Pulls the plug. */
  unplug(device: HidDevice): Promise<void>;
  /** Plugs in what was unplugged, or makes usable again what was denied. */
  replug(device: HidDevice): Promise<void>;
  /** Unplugs the device, and leaves a node in its place that nobody may open, not even root. */
  deny(device: HidDevice): Promise<void>;
  /** Makes a link to the device, such as `/dev/pos/reader`, as a udev rule would. */
  link(device: HidDevice, path: string): void;
  /** Ends it all. Commands that still run lose their devices. */
  stop(): Promise<void>;
}

/** Reports closer than some 5 ms reach the program as one read, because a pty stands in for the device. */
const reportGapMs = 20;
/** A file of the kernel's that refuses to be opened for writing. */
const unopenable = '/sys/kernel/uevent_seqnum';

interface Identity {
  readonly node: string;
  readonly usbPort: number;
  readonly vendorId: string;
  readonly productId: string;
  readonly manufacturer: string;
  readonly product: string;
  readonly serial: string;
  /** HID report descriptor, hex. */
  readonly descriptor: string;
}

/** As the devices of the real market name themselves. */
export const hidIdentities: Readonly<Record<HidDevice, Identity>> = {
  reader: {
    node: 'hidraw0',
    usbPort: 1,
    vendorId: '0801',
    productId: '0002',
    manufacturer: 'Mag-Tek',
    product: 'USB Swipe Reader',
    serial: 'B0001',
    descriptor: [
      '0600FF 0901 A101', // vendor page FF00, usage 1, application collection
      '1500 26FF00 7508', // bytes
      '0920 0921 0922 0928 0929 092A 0938 9507 8102', // 3 statuses, 3 lengths, encode type
      '0930 956E 820201 0931 956E 820201 0932 956E 820201', // 3 tracks of 110
      '0920 9518 B20201', // feature report of 24
      'C0',
    ].join(''),
  },
  keypad: {
    node: 'hidraw1',
    usbPort: 2,
    vendorId: '0c45',
    productId: '7690',
    manufacturer: 'SEM',
    product: 'USB Keypad',
    serial: 'K1',
    descriptor: [
      '0501 0906 A101', // generic desktop, keyboard, application collection
      '0507 19E0 29E7 1500 2501 7501 9508 8102', // 8 modifier bits
      '9501 7508 8101', // reserved byte
      '9505 7501 0508 1901 2905 9102 9501 7503 9101', // 5 lamps, padded
      '9506 7508 1500 2565 0507 1900 2965 8100', // 6 usages
      'C0',
    ].join(''),
  },
};

const bytesOf = (identity: Identity): Buffer => Buffer.from(identity.descriptor.replaceAll(' ', ''), 'hex');

/** The device as umockdev loads it: hidraw node, HID device, USB interface and USB device, each on its parent. */
const descriptionOf = (identity: Identity): string => {
  const { node, usbPort, vendorId, productId, manufacturer, product, serial } = identity;
  const number = Number(node.slice(-1));
  const [vendor, model] = [vendorId.toUpperCase(), productId.toUpperCase()];
  const usbDevice = `/devices/pci0000:00/0000:00:14.0/usb1/1-${usbPort}`;
  const usbInterface = `${usbDevice}/1-${usbPort}:1.0`;
  const hid = `0003:${vendor}:${model}.000${usbPort}`;
  const stanzas = [
    [
      `P: ${usbInterface}/${hid}/hidraw/${node}`,
      `N: ${node}`,
      `E: DEVNAME=/dev/${node}`,
      'E: MAJOR=245',
      `E: MINOR=${number}`,
      'E: SUBSYSTEM=hidraw',
      `A: dev=245:${number}\\n`,
      `L: device=../../../${hid}`,
    ],
    [
      `P: ${usbInterface}/${hid}`,
      'E: DRIVER=hid-generic',
      `E: HID_ID=0003:0000${vendor}:0000${model}`,
      `E: HID_NAME=${manufacturer} ${product}`,
      `E: HID_PHYS=usb-0000:00:14.0-${usbPort}/input0`,
      `E: HID_UNIQ=${serial}`,
      'E: SUBSYSTEM=hid',
      `H: report_descriptor=${bytesOf(identity).toString('hex').toUpperCase()}`,
    ],
    [
      `P: ${usbInterface}`,
      'E: DEVTYPE=usb_interface',
      'E: DRIVER=usbhid',
      'E: SUBSYSTEM=usb',
      'A: bInterfaceClass=03\\n',
      'A: bInterfaceNumber=00\\n',
    ],
    [
      `P: ${usbDevice}`,
      `N: bus/usb/001/00${usbPort}`,
      `E: DEVNAME=/dev/bus/usb/001/00${usbPort}`,
      'E: DEVTYPE=usb_device',
      'E: DRIVER=usb',
      'E: MAJOR=189',
      `E: MINOR=${usbPort - 1}`,
      'E: SUBSYSTEM=usb',
      'A: bcdDevice=0100\\n',
      `A: idVendor=${vendorId}\\n`,
      `A: idProduct=${productId}\\n`,
      `A: manufacturer=${manufacturer}\\n`,
      `A: product=${product}\\n`,
      `A: serial=${serial}\\n`,
    ],
  ];
  return stanzas.map((lines) => `${lines.join('\n')}\n\n`).join('');
};

/** What the hidraw node answers to HIDIOCGRDESCSIZE and HIDIOCGRDESC: the descriptor's length, and it in 4096 bytes. */
const ioctlsOf = (identity: Identity): string => {
  const descriptor = bytesOf(identity);
  const length = Buffer.alloc(4);
  length.writeUInt32LE(descriptor.length);
  const size = length.toString('hex').toUpperCase();
  const padded = Buffer.alloc(4096);
  descriptor.copy(padded);
  return [
    `@DEV /dev/${identity.node}`,
    `HIDIOCGRDESCSIZE 0 ${size}`,
    `HIDIOCGRDESC 0 ${size}${padded.toString('hex').toUpperCase()}`,
    '',
  ].join('\n');
};

/** Makes the devices and keeps them until `stop`; a cat under umockdev-run holds them, so that commands come and go. */
const hold = async (folder: string): Promise<{ env: HidRig['env']; end: () => Promise<void> }> => {
  const options = Object.values(hidIdentities).flatMap((identity) => {
    const [device, ioctl] = [join(folder, `${identity.node}.umockdev`), join(folder, `${identity.node}.ioctl`)];
    writeFileSync(device, descriptionOf(identity));
    writeFileSync(ioctl, ioctlsOf(identity));
    return ['-d', device, '-i', `/dev/${identity.node}=${ioctl}`];
  });
  const holder: ChildProcessByStdio<Writable, Readable, null> = spawn(
    'umockdev-run',
    [...options, '--', 'sh', '-c', 'echo "$LD_PRELOAD $UMOCKDEV_DIR"; exec cat'],
    { stdio: ['pipe', 'pipe', 'inherit'] },
  );
  const exited = once(holder, 'exit').catch((error: unknown) => {
    throw new Error('umockdev-run does not start; install the package umockdev (apt-get install umockdev)', {
      cause: error,
    });
  });
  const first = await Promise.race([once(holder.stdout, 'data'), exited.then(() => undefined)]);
  const [preload, folderOfDevices] = String(first?.[0] ?? '')
    .trim()
    .split(' ');
  if (preload === undefined || folderOfDevices === undefined) {
    throw new Error('umockdev-run ended at once; its words stand above');
  }
  return {
    env: { LD_PRELOAD: preload, UMOCKDEV_DIR: folderOfDevices },
    end: async () => {
      holder.stdin.end();
      await exited;
    },
  };
};

/** One device of the rig: its node is the near end of a pty, its far end sends the reports. */
class MockDevice {
  readonly #node: string;
  readonly #classLink: string;
  readonly #classTarget: string;
  #plugged: { readonly far: FarEnd; readonly keptOpen: number } | undefined;

  constructor(identity: Identity, folder: string) {
    this.#node = join(folder, 'dev', identity.node);
    this.#classLink = join(folder, 'sys/class/hidraw', identity.node);
    this.#classTarget = readlinkSync(this.#classLink);
  }

  async plug(): Promise<void> {
    if (this.#plugged !== undefined) throw new Error('the device is plugged in already');
    rmSync(this.#node, { force: true });
    const far = await plugIn(this.#node);
    // Held open, so that the far end stays when a program closes the device or is killed.
    const keptOpen = openSync(this.#node, constants.O_RDWR | constants.O_NOCTTY);
    this.#plugged = { far, keptOpen };
    rmSync(this.#classLink, { force: true });
    symlinkSync(this.#classTarget, this.#classLink);
  }

  async unplug(): Promise<void> {
    const plugged = this.#plugged;
    this.#plugged = undefined;
    rmSync(this.#classLink, { force: true });
    if (plugged === undefined) return;
    await plugged.far.unplug();
    closeSync(plugged.keptOpen);
  }

  async deny(): Promise<void> {
    await this.unplug();
    rmSync(this.#node, { force: true });
    symlinkSync(unopenable, this.#node);
    symlinkSync(this.#classTarget, this.#classLink);
  }

  async send(report: Uint8Array): Promise<void> {
    if (this.#plugged === undefined) throw new Error('an unplugged device sends nothing');
    this.#plugged.far.send.write(report);
    await pause(reportGapMs);
  }
}

/** Starts the rig with both devices plugged in. */
export const startHidRig = async (): Promise<HidRig> => {
  const folder = mkdtempSync(join(tmpdir(), 'slipsafe-hid-'));
  const clean = (): void => rmSync(folder, { recursive: true, force: true });
  const { env, end } = await hold(folder).catch((error: unknown) => {
    clean();
    throw error;
  });
  const devices: Readonly<Record<HidDevice, MockDevice>> = {
    reader: new MockDevice(hidIdentities.reader, env.UMOCKDEV_DIR),
    keypad: new MockDevice(hidIdentities.keypad, env.UMOCKDEV_DIR),
  };
  await Promise.all([devices.reader.plug(), devices.keypad.plug()]);
  const send = (device: HidDevice, report: Uint8Array): Promise<void> => devices[device].send(report);
  return {
    env,
    send,
    swipe: (report) => send('reader', report),
    press: async (usage) => {
      await send('keypad', keypadReport(usage));
      await send('keypad', keypadReport());
    },
    unplug: (device) => devices[device].unplug(),
    replug: (device) => devices[device].plug(),
    deny: (device) => devices[device].deny(),
    link: (device, path) => {
      const at = join(env.UMOCKDEV_DIR, path);
      mkdirSync(dirname(at), { recursive: true });
      symlinkSync(relative(dirname(path), `/dev/${hidIdentities[device].node}`), at);
    },
    stop: async () => {
      await Promise.all([devices.reader.unplug(), devices.keypad.unplug()]);
      await end();
      clean();
    },
  };
};
