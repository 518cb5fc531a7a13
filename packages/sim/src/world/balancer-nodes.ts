import type { Kernel } from './kernel.ts'
import type { LoadBalancer } from './model.ts'
import type { Places } from './places.ts'
import type { Table } from './store.ts'

interface NodeEvent {
  readonly address: string
  readonly az: string
}

/** Which addresses are in a balancer's own name: one of a dead zone is taken out after 20–40 s, and put back as late. */
export class BalancerNodes {
  readonly #kernel: Kernel
  readonly #places: Places
  readonly #out: Table<true>
  readonly #balancers: Table<LoadBalancer>

  constructor(kernel: Kernel, places: Places, balancers: Table<LoadBalancer>) {
    this.#kernel = kernel
    this.#places = places
    this.#balancers = balancers
    this.#out = kernel.store.table('load-balancer-nodes-out')
    kernel.on<NodeEvent>('lb.node', (event) => this.#follow(event))
    places.onChange(({ zones }) => this.#notice(zones))
  }

  /** The addresses in a balancer's own name; one whose zones are all down shows all of them. */
  inDns(balancer: LoadBalancer): LoadBalancer['nodes'] {
    const nodes = balancer.nodes.filter(({ address }) => this.#out.get(address) === undefined)
    return nodes.length > 0 ? nodes : balancer.nodes
  }

  #notice(zones: readonly string[]): void {
    for (const { nodes } of this.#balancers.values())
      for (const { az, address } of nodes)
        if (zones.includes(az)) {
          const delay = this.#kernel.drawSeconds(`lb-node:${address}`, 20, 40)
          this.#kernel.after(delay, 'lb.node', { address, az } satisfies NodeEvent)
        }
  }

  #follow({ address, az }: NodeEvent): void {
    const isOut = this.#out.get(address) !== undefined
    const isDown = this.#places.isZoneDown(az)
    if (isOut === isDown) return
    if (isDown) this.#out.put(address, true)
    else this.#out.delete(address)
    const word = (out: boolean): string => (out ? 'out' : 'in')
    this.#kernel.transition(`load-balancer-node:${address}`, word(isOut), word(isDown), `zone ${az}`)
  }
}
