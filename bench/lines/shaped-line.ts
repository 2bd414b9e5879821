import { execFileSync } from 'node:child_process'

/**
 * A line between a server and a viewer, of real network interfaces: three network namespaces, `server` – `router` – `viewer`,
 * joined by pairs of virtual Ethernet interfaces, with a token bucket filter (tc-tbf(8)) where the router sends to the viewer.
 * The queue before the filter is 64 KB, half a second at 1 Mbit/s, as in a cheap home router. Nothing of it is reachable from
 * outside. Needs root.
 */
export class ShapedLine implements Disposable {
  static readonly serverAddress = '10.77.1.1'
  readonly #prefix = `atalaya-${process.pid}`
  readonly #remove = () => this[Symbol.dispose]()

  constructor(megabits: number) {
    process.once('exit', this.#remove)
    for (const name of NAMESPACES) ip('netns', 'add', this.#name(name))
    for (const name of NAMESPACES) this.#ip(name, 'link', 'set', 'lo', 'up')
    this.#join(['server', ShapedLine.serverAddress], ['router', '10.77.1.2'], 'up')
    this.#join(['viewer', '10.77.2.1'], ['router', '10.77.2.2'], 'down')
    this.#ip('server', 'route', 'add', 'default', 'via', '10.77.1.2')
    this.#ip('viewer', 'route', 'add', 'default', 'via', '10.77.2.2')
    run(this.enter('router', ['sysctl', '-q', '-w', 'net.ipv4.ip_forward=1']))
    // The router's kernel must queue packets of the size that they have on a real line.
    for (const name of NAMESPACES) for (const device of this.#devices(name)) this.#offload(name, device)
    run(this.#shape('add', megabits))
  }

  /** The command line that runs another inside one end. */
  enter(name: 'server' | 'router' | 'viewer', command: readonly string[]): readonly string[] {
    return ['ip', 'netns', 'exec', this.#name(name), ...command]
  }

  /** The command line that changes the rate. */
  rateCommand(megabits: number): readonly string[] {
    return this.#shape('change', megabits)
  }

  [Symbol.dispose](): void {
    process.off('exit', this.#remove)
    for (const name of NAMESPACES) ip('netns', 'del', this.#name(name))
  }

  #shape(verb: 'add' | 'change', megabits: number): readonly string[] {
    const filter = ['tbf', 'rate', `${megabits}mbit`, 'burst', '8kb', 'limit', '64kb']
    return this.enter('router', ['tc', 'qdisc', verb, 'dev', 'down0', 'root', 'handle', '1:', ...filter])
  }

  #join([end, address]: Side, [router, routerAddress]: Side, name: string): void {
    const [here, there] = [`${name}1`, `${name}0`]
    this.#ip(end, 'link', 'add', here, 'type', 'veth', 'peer', 'name', there, 'netns', this.#name(router))
    this.#ip(end, 'addr', 'add', `${address}/24`, 'dev', here)
    this.#ip(router, 'addr', 'add', `${routerAddress}/24`, 'dev', there)
    this.#ip(end, 'link', 'set', here, 'up')
    this.#ip(router, 'link', 'set', there, 'up')
  }

  #devices(name: Namespace): string[] {
    return { server: ['up1'], router: ['up0', 'down0'], viewer: ['down1'] }[name]
  }

  #offload(name: Namespace, device: string): void {
    this.#ip(name, 'link', 'set', device, 'gso_max_segs', '1', 'gso_max_size', '1600')
  }

  #ip(name: Namespace, ...args: string[]): void {
    ip('-n', this.#name(name), ...args)
  }

  #name(name: Namespace): string {
    return `${this.#prefix}-${name}`
  }
}

const NAMESPACES = ['server', 'router', 'viewer'] as const
type Namespace = (typeof NAMESPACES)[number]
type Side = readonly [namespace: Namespace, address: string]

function ip(...args: string[]): void {
  run(['ip', ...args])
}

function run([command = '', ...args]: readonly string[]): void {
  execFileSync(command, args, { stdio: ['ignore', 'ignore', 'inherit'] })
}
