import { readlink } from 'node:fs/promises';
import { dirname, resolve } from 'node:path';
import type { HIDAsync } from 'node-hid';
import type { Clock } from '../../hal/clock.ts';
import type { DeviceFault, DeviceFaultCode, DeviceName } from '../../hal/device.ts';
import type { SerialListener } from '../serial/serial-line.ts';

/** Which USB HID device. Two alike are told apart by `path`, best a link that a udev rule makes for the USB port. */
export interface HidSettings {
  readonly vendorId: number;
  readonly productId: number;
  /** Such as `/dev/hidraw0`, or a link to it. Default: the first with these identifiers. */
  readonly path?: string;
}

/** What the driver expects of the device, to tell a wrong one. */
export interface HidProfile {
  readonly device: DeviceName;
  /** In words, such as `a keypad with 8-byte boot reports`. */
  readonly expected: string;
  /** Top-level collections that fit, as usage page and usage. One device can have several; the others are left alone. */
  readonly usages: readonly { readonly page: number; readonly usage: number }[];
  /** Length of every input report in bytes; there is no report id. */
  readonly reportLength: number;
}

/** How long after a failed open or an unplugging the device is looked for again. */
const reopenMs = 1000;

const hex4 = (value: number): string => value.toString(16).padStart(4, '0');

/**
 * A USB HID device that is kept open, through node-hid's hidraw addon; the counterpart of the serial line, with one
 * report a chunk. A handle doesn't survive an unplugging, so each opening makes a new one. The addon is loaded at the
 * first opening, so that a terminal without HID devices never loads it.
 *
 * A handle that is left open keeps the process from exiting: `close` resolves when it is closed.
 */
export class HidLine {
  readonly #settings: HidSettings;
  readonly #profile: HidProfile;
  readonly #clock: Clock;
  #listener: SerialListener | undefined;
  #handle: HIDAsync | undefined;
  #cancelReopen: (() => void) | undefined;
  #lastFault: DeviceFaultCode | undefined;
  /** The opening or closing that runs, or ran last. */
  #underWay: Promise<void> = Promise.resolve();

  constructor(settings: HidSettings, profile: HidProfile, clock: Clock) {
    this.#settings = settings;
    this.#profile = profile;
    this.#clock = clock;
  }

  /** The device as messages name it. */
  get where(): string {
    const { vendorId, productId, path } = this.#settings;
    return `HID ${hex4(vendorId)}:${hex4(productId)}${path === undefined ? '' : ` at ${path}`}`;
  }

  /** Opens the device, and keeps it open until `close`. Resolves after the first attempt, whatever came of it. */
  async open(listener: SerialListener): Promise<void> {
    this.#listener = listener;
    this.#underWay = this.#tryOpen();
    await this.#underWay;
  }

  async close(): Promise<void> {
    this.#listener = undefined;
    this.#cancelReopen?.();
    this.#cancelReopen = undefined;
    await this.#underWay;
    const handle = this.#handle;
    this.#handle = undefined;
    if (handle !== undefined) this.#underWay = handle.close();
    await this.#underWay;
  }

  /** A fault of this device, in its words. */
  fault(code: DeviceFaultCode, what: string, remedy: string): DeviceFault {
    return { device: this.#profile.device, code, where: this.where, what, remedy };
  }

  async #tryOpen(): Promise<void> {
    const opened = await this.#openHandle();
    if (this.#listener === undefined) {
      if ('handle' in opened) await opened.handle.close();
      return;
    }
    if ('fault' in opened) {
      this.#report(opened.fault);
      this.#reopenLater();
      return;
    }
    const { handle } = opened;
    this.#handle = handle;
    handle.on('error', (error: unknown) => this.#wentAway(handle, error));
    handle.on('data', (report: Buffer) => {
      if (this.#handle === handle) this.#take(report);
    });
    this.#lastFault = undefined;
    this.#listener.online();
  }

  async #openHandle(): Promise<{ readonly handle: HIDAsync } | { readonly fault: DeviceFault }> {
    const { vendorId, productId, path } = this.#settings;
    let hid: typeof import('node-hid');
    let devices: Awaited<ReturnType<typeof hid.devicesAsync>>;
    try {
      hid = await import('node-hid');
      devices = await hid.devicesAsync(vendorId, productId);
    } catch (error) {
      return { fault: this.#noLibrary(messageOf(error)) };
    }
    const target = path === undefined ? undefined : await linkTarget(path);
    const present = devices.filter((device) => path === undefined || device.path === path || device.path === target);
    if (present.length === 0) return { fault: this.#missing() };
    const fitting = present.find(({ usagePage, usage }) =>
      this.#profile.usages.some((wanted) => wanted.page === usagePage && wanted.usage === usage),
    );
    if (fitting?.path === undefined) return { fault: this.#notSuitable('It has other functions (usages)') };
    try {
      return { handle: await hid.HIDAsync.open(fitting.path) };
    } catch (error) {
      return { fault: this.#openFault(messageOf(error)) };
    }
  }

  #take(report: Buffer): void {
    if (report.length !== this.#profile.reportLength) {
      this.#report(this.#notSuitable(`It sends reports of ${report.length} bytes`));
      return;
    }
    if (this.#lastFault !== undefined) {
      this.#lastFault = undefined;
      this.#listener?.online();
    }
    this.#listener?.data(report);
  }

  #wentAway(handle: HIDAsync, error: unknown): void {
    if (this.#handle !== handle) return;
    this.#handle = undefined;
    this.#underWay = handle.close();
    this.#report(
      this.fault(
        'unplugged',
        `The ${this.#profile.device} went away (${messageOf(error)}).`,
        'Check its cable; it is taken up again by itself.',
      ),
    );
    this.#reopenLater();
  }

  /** Says a fault once, not at every attempt. */
  #report(fault: DeviceFault): void {
    if (fault.code === this.#lastFault) return;
    this.#lastFault = fault.code;
    this.#listener?.offline(fault);
  }

  #reopenLater(): void {
    if (this.#listener === undefined) return;
    this.#cancelReopen ??= this.#clock.schedule(reopenMs, () => {
      this.#cancelReopen = undefined;
      this.#underWay = this.#underWay.then(() => this.#tryOpen());
    });
  }

  /** The addon's open errors carry no code, only the system's words. */
  #openFault(message: string): DeviceFault {
    const { vendorId, productId } = this.#settings;
    if (/permission denied/i.test(message)) {
      return this.fault(
        'denied',
        'This user may not open the device.',
        `Add a udev rule such as SUBSYSTEM=="hidraw", ATTRS{idVendor}=="${hex4(vendorId)}", ` +
          `ATTRS{idProduct}=="${hex4(productId)}", GROUP="pos", MODE="0660" with a group of this user, and plug it in again.`,
      );
    }
    if (/no such (file|device)/i.test(message)) return this.#missing();
    return this.#notSuitable(`It can't be opened (${message})`);
  }

  #missing(): DeviceFault {
    return this.fault(
      'missing',
      'There is no such USB device.',
      'Plug it in, or correct its identifiers in the configuration (lsusb shows them).',
    );
  }

  #notSuitable(what: string): DeviceFault {
    return this.fault(
      'notSuitable',
      `${what}; ${this.#profile.expected} is expected.`,
      'Correct the identifiers in the configuration, or set the device to this mode.',
    );
  }

  #noLibrary(message: string): DeviceFault {
    return this.fault(
      'failed',
      `The USB HID library can't be used (${message}).`,
      'Install the system packages libusb-1.0-0 and libudev1, and npm package node-hid for this platform.',
    );
  }
}

const messageOf = (error: unknown): string => (error instanceof Error ? error.message : String(error));

/** Where a symbolic link points; undefined when the path is none. */
const linkTarget = async (path: string): Promise<string | undefined> => {
  try {
    return resolve(dirname(path), await readlink(path));
  } catch {
    // No link, or nothing there: the device list tells which.
    return undefined;
  }
};
