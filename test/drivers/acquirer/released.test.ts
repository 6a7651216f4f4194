import { EventEmitter } from 'node:events';
import type { Socket } from 'node:net';
import { test } from 'tap';
import { UnionPayAcquirer } from '../../../drivers/acquirer/unionpay-acquirer.ts';
import { batchNumber, stan } from '../../../hal/units.ts';
import { HandClock } from '../../support/hand-clock.ts';
import { bytes, frameConfig, masterKey, terminal } from './literal-frames.ts';

test('M5: a driver that is released while it connects dials no other address, and sends nothing', async (t) => {
  const log: string[] = [];
  let dialled = 0;
  const dial = ({ host }: { readonly host: string }): Socket => {
    const socket = new EventEmitter() as Socket;
    log.push(`dial ${host}`);
    socket.write = ((_bytes: Uint8Array, taken: () => void) => {
      log.push(`write to ${host}`);
      taken();
      return true;
    }) as Socket['write'];
    socket.destroy = () => {
      queueMicrotask(() => socket.emit('close'));
      return socket;
    };
    // The claim's own connection comes about; the request's doesn't answer.
    dialled += 1;
    if (dialled === 1 || host === 'backup') setImmediate(() => socket.emit('connect'));
    return socket;
  };
  const timeouts = { connectTimeoutMs: 5000, answerTimeoutMs: 30_000 };
  const addresses = { host: 'first', port: 1, backup: { host: 'backup', port: 2 } };
  const acquirer = new UnionPayAcquirer(
    {
      ...terminal,
      ...frameConfig,
      ...addresses,
      ...timeouts,
      masterKey: bytes(masterKey),
      terminalSerial: '310000000042',
    },
    new HandClock(),
    dial,
  );
  await acquirer.claim(() => undefined);
  const answer = acquirer.signOn({ stan: stan(1), batch: batchNumber(1), operator: '01' });
  await new Promise(setImmediate);
  await acquirer.release();
  t.match(await answer, { outcome: 'notSent' });
  t.strictSame(
    log.filter((line) => line.includes('backup') || line.startsWith('write')),
    [],
  );
});
