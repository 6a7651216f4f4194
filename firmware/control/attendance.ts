import type { Clock } from '../../hal/clock.ts';
import type { Happening } from '../../state-machine/events.ts';
import { build } from '../build.ts';
import type { Configuration } from '../configuration.ts';
import type { Logger } from '../log.ts';
import { Metrics } from '../metrics.ts';
import { MetricsFile } from '../metrics-file.ts';
import type { Report } from '../runtime.ts';
import { ServiceManager } from '../service-manager.ts';
import { identityOf } from '../slips/slip-face.ts';
import { controlCommands } from './commands.ts';
import { ControlServer } from './control-server.ts';
import { Monitor, type Monitored } from './monitor.ts';
import { type Became, Requests } from './requests.ts';

/** How long a terminal that stood down waits to be stopped for good, before it ends by itself and is started again. */
const standDownMs = 20_000;

export interface Attended {
  readonly monitored: () => Monitored;
  /** As `Runtime.post`. */
  readonly post: (happening: Happening) => string | undefined;
  /** Takes it out of trade, and resolves when its devices and its ledger are let go. */
  readonly stop: () => Promise<void>;
}

/**
 * What looks after a terminal from within its process: it answers technicians, from before the ledger is opened on, and
 * tells systemd how the terminal does.
 * What goes wrong with it is logged, and hinders no trade.
 */
export class Attendance {
  readonly monitor: Monitor;
  readonly #configuration: Configuration;
  readonly #clock: Clock;
  readonly #log: Logger;
  readonly #manager: ServiceManager;
  readonly #requests = new Requests();
  readonly #metrics = new Metrics();
  readonly #metricsFile: MetricsFile | undefined;
  #server: ControlServer | undefined;
  #monitored: () => Monitored = () => ({ state: undefined, workingSince: undefined });

  constructor(configuration: Configuration, clock: Clock, log: Logger, training = false) {
    this.#configuration = configuration;
    this.#clock = clock;
    this.#log = log;
    this.#manager = new ServiceManager(process.env, clock);
    const { language, metrics } = configuration;
    this.#metricsFile = metrics && new MetricsFile(metrics.file, this.#metrics, clock);
    this.monitor = new Monitor({ clock, build, identity: identityOf(configuration), language, training });
  }

  readonly hear = (report: Report): void => {
    this.monitor.hear(report);
    this.#metrics.hear(report);
    this.#requests.hear(report);
  };

  async begin({ monitored, post, stop }: Attended): Promise<void> {
    const { monitor } = this;
    this.#monitored = monitored;
    const standDown = (): void => {
      this.#log.info('standing down for another build');
      void stop();
      this.#clock.schedule(standDownMs, () => process.exit(0));
    };
    const request = (happening: Happening): Promise<Became> => this.#requests.ask(happening, post);
    const { socket } = this.#configuration.control;
    this.#server = new ControlServer(socket, controlCommands({ monitor, monitored, standDown, request }));
    const why = await this.#server.listen();
    if (why !== undefined) this.#log.warn({ where: socket, why }, 'terminalctl can not ask this terminal');
  }

  /** The terminal trades, or its display says why it does not. */
  ready(): void {
    const { monitor } = this;
    this.#manager.ready(() => monitor.ailment(this.#monitored()));
    const status = () => {
      const { state, workingSince } = this.#monitored();
      return state && monitor.status({ state, workingSince });
    };
    this.#metricsFile?.begin(status, (why) => this.#log.warn({ why }, 'metrics can not be written'));
  }

  async end(stop: () => Promise<void>): Promise<void> {
    this.#metricsFile?.end();
    this.#manager.stopping();
    await this.#server?.close();
    await stop();
  }
}
