import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { BenchAcquirer, type BenchAcquirerOptions } from './bench-acquirer.ts';
import { type Unpacked, unpack } from './iso8583.ts';
import { domestic, foreign, givenKey, masterKey, merchantId, signOn, terminalId } from './sample-requests.ts';
import { FrameReader } from './wire.ts';

/** Noon and an hour in China, 22 November. */
export const noon = new Date('2026-11-22T05:00:00Z');

export const newAcquirer = (options: Partial<BenchAcquirerOptions> = {}): BenchAcquirer =>
  new BenchAcquirer({
    terminalId,
    merchantId,
    masterKey,
    cards: [domestic, foreign],
    newKey: givenKey,
    now: () => noon,
    ...options,
  });

/** A terminal on a line without a network: what it gets is there when `send` returns. */
export const plugInto = (acquirer: BenchAcquirer) => {
  const got: Buffer[] = [];
  let open = true;
  const line = acquirer.attach({
    get open() {
      return open;
    },
    write: (bytes) => {
      got.push(Buffer.from(bytes));
    },
    close: () => {
      open = false;
    },
  });
  return {
    /** All bytes that came since the last call. */
    taken: (): Buffer => Buffer.concat(got.splice(0)),
    send: (frame: Buffer): void => line.receive(frame),
    /** Sends a request and takes its one answer apart. */
    ask: (frame: Buffer): Unpacked | undefined => {
      line.receive(frame);
      return takeApart(Buffer.concat(got.splice(0)));
    },
    hangUp: (): void => {
      open = false;
      line.closed();
    },
    get open() {
      return open;
    },
  };
};

/** The message of one whole frame; undefined for anything else. */
export const takeApart = (frame: Buffer): Unpacked | undefined => {
  const reader = new FrameReader();
  const [payload, ...more] = reader.push(frame).payloads;
  return payload === undefined || more.length > 0 || reader.midFrame ? undefined : unpack(payload.subarray(11));
};

/** An acquirer and a terminal that is signed on. */
export const signedOn = (options: Partial<BenchAcquirerOptions> = {}) => {
  const acquirer = newAcquirer(options);
  const terminal = plugInto(acquirer);
  terminal.ask(signOn());
  return { acquirer, terminal };
};

/** A terminal on TCP. */
export const dial = async (port: number): Promise<Socket> => {
  const socket = connect({ port, host: '127.0.0.1', noDelay: true });
  await once(socket, 'connect');
  return socket;
};
