import { test } from 'tap';
import { bytes, echo } from './sample-requests.ts';
import { FrameReader, openEnvelope, sealAnswer } from './wire.ts';

test('a frame comes out whole wherever it is split, and two in one piece come out as two', (t) => {
  for (let at = 0; at <= echo.length; at++) {
    const reader = new FrameReader();
    const payloads = [...reader.push(echo.subarray(0, at)).payloads, ...reader.push(echo.subarray(at)).payloads];
    t.strictSame(payloads, [echo.subarray(2)], `split at ${at}`);
    t.notOk(reader.midFrame);
  }
  const reader = new FrameReader();
  t.equal(reader.push(Buffer.concat([echo, echo, echo.subarray(0, 5)])).payloads.length, 2);
  t.ok(reader.midFrame);
  t.end();
});

test('a length that no message has ends the stream', (t) => {
  t.match(new FrameReader().push(bytes('0014')).fault, /length is 20/);
  t.match(new FrameReader().push(bytes('ffff')).fault, /length is 65535/);
  t.equal(new FrameReader().push(bytes('0015')).fault, undefined);
  t.end();
});

test('the envelope is checked, and turned round for the answer', (t) => {
  const open = (hex: string) => openEnvelope(bytes(`${hex} 0820 0000000000000000`));
  const { envelope, iso, faults } = open('6000031234 603100310100');
  t.strictSame(faults, []);
  t.equal(iso.length, 10);
  t.equal(sealAnswer(envelope, 3, bytes('0830')).toString('hex'), '000d60123400036031033101000830');
  t.equal(open('6000030000 602210310100').faults.length, 0, 'software version 22, test state');
  t.equal(open('6100030000 603100310100').faults.length, 1, 'TPDU id');
  t.equal(open('60000a0000 603100310100').faults.length, 1, 'TPDU digits');
  t.equal(open('6000030000 613100310100').faults.length, 1, 'application');
  t.equal(open('6000030000 604400310100').faults.length, 1, 'software version');
  t.equal(open('6000030000 603120310100').faults.length, 1, 'terminal state');
  t.equal(open('6000030000 603101310100').faults.length, 1, 'processing request');
  t.equal(open('6000030000 60310031010f').faults.length, 1, 'header digits');
  t.end();
});
