import { type Test, test } from 'tap';
import { UnionPayAcquirer } from '../../../drivers/acquirer/unionpay-acquirer.ts';
import { type AcquirerRig, acquirerContract, type HostPlay } from '../../contract/acquirer.contract.ts';
import { HandClock } from '../../support/hand-clock.ts';
import { answers, bytes, frameConfig, masterKey, terminal } from './literal-frames.ts';
import { type Received, startPeer } from './literal-peer.ts';

const mtiOf = (hex: string): string => hex.slice(26, 30);
const stanOf: Readonly<Record<string, string>> = { '0320000111': answers.uploaded, '0320000112': answers.ended };
const yes: Readonly<Record<string, string>> = {
  '0200': answers.approved,
  '0400': answers.reversed,
  '0500': answers.balanced,
  '0800': answers.signedOn,
  '0820': answers.echoed,
};

const approve = (request: Received): void => {
  const mti = mtiOf(request.hex);
  request.send(yes[mti] ?? stanOf[mti + request.hex.slice(46, 52)] ?? '');
};

const withWrongMac = (frame: string): string => `${frame.slice(0, -2)}5A`;

const makeRig = async (t: Test): Promise<AcquirerRig> => {
  const peer = await startPeer(t);
  const clock = new HandClock();
  const acquirer = new UnionPayAcquirer(
    {
      ...terminal,
      ...frameConfig,
      host: '127.0.0.1',
      port: peer.port,
      connectTimeoutMs: 5_000,
      answerTimeoutMs: 30_000,
      masterKey: bytes(masterKey),
      terminalSerial: '310000000042',
    },
    clock,
  );
  let now: HostPlay = 'approve';
  let silentOn: Received | undefined;
  const plays: Readonly<Record<HostPlay, (request: Received) => void>> = {
    approve,
    decline: (request) => request.send(answers.declined),
    badMac: (request) => request.send(withWrongMac(yes[mtiOf(request.hex)] ?? '')),
    silence: (request) => {
      silentOn = request;
    },
    hangUp: (request) => request.hangUp(),
    babble: (request) => request.send(Buffer.from('HTTP/1.1 302 Found\r\n').toString('hex')),
  };
  const serve = async (): Promise<void> => {
    for (let n = 1; ; n++) {
      const request = await peer.request(n);
      plays[now](request);
    }
  };
  void serve();
  return {
    acquirer,
    clock,
    longestMs: 35_000,
    host: {
      play: (play) => {
        now = play;
      },
      received: (count) => peer.requests.count(count),
      receivedSoFar: () => peer.requests.reports.length,
      answerLate: () => silentOn && approve(silentOn),
      leave: () => peer.close(),
      comeBack: () => peer.open(),
    },
  };
};

test('UnionPayAcquirer keeps the contract of an Acquirer', async (t) => {
  acquirerContract(t, makeRig);
});
