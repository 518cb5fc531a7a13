import type { Kernel } from './kernel.ts'
import type { Impairments } from './impairments.ts'
import type { LoadBalancer } from './model.ts'
import type { Places } from './places.ts'
import type { Table } from './store.ts'
import type { ZonalShifts } from './zonal-shifts.ts'

interface NodeEvent {
  readonly balancerArn: string
  readonly address: string
  readonly az: string
  readonly subnetId: string
}

/**
 * Which addresses are in a balancer's own name: one of a dead zone, of a subnet that is cut off, or of a zone that traffic
 * is shifted away from, is taken out after 20–40 s, and put back as late.
 */
export class BalancerNodes {
  readonly #kernel: Kernel
  readonly #places: Places
  readonly #impairments: Impairments
  readonly #shifts: ZonalShifts
  readonly #out: Table<true>
  readonly #balancers: Table<LoadBalancer>

  constructor(
    kernel: Kernel,
    {
      places,
      impairments,
      zonalShifts,
    }: { readonly places: Places; readonly impairments: Impairments; readonly zonalShifts: ZonalShifts },
    balancers: Table<LoadBalancer>,
  ) {
    this.#kernel = kernel
    this.#impairments = impairments
    this.#shifts = zonalShifts
    this.#places = places
    this.#balancers = balancers
    this.#out = kernel.store.table('load-balancer-nodes-out')
    kernel.on<NodeEvent>('lb.node', (event) => this.#follow(event))
    places.onChange(({ zones }) => this.#notice(({ az }) => zones.includes(az)))
    zonalShifts.onChange(({ az }) => this.#notice((node) => node.az === az))
    impairments.onChange((effect) => {
      if (effect.kind === 'connectivity') this.#notice(({ subnetId }) => effect.subnetIds.includes(subnetId))
    })
  }

  /** The addresses in a balancer's own name; one whose zones are all down shows all of them. */
  inDns(balancer: LoadBalancer): LoadBalancer['nodes'] {
    const nodes = balancer.nodes.filter(({ address }) => this.#out.get(address) === undefined)
    return nodes.length > 0 ? nodes : balancer.nodes
  }

  #notice(concerns: (node: LoadBalancer['nodes'][number]) => boolean): void {
    for (const { arn: balancerArn, nodes } of this.#balancers.values())
      for (const node of nodes.filter(concerns)) {
        const { az, address, subnetId } = node
        const delay = this.#kernel.drawSeconds(`lb-node:${address}`, 20, 40)
        this.#kernel.after(delay, 'lb.node', { balancerArn, address, az, subnetId } satisfies NodeEvent)
      }
  }

  #follow({ balancerArn, address, az, subnetId }: NodeEvent): void {
    const isOut = this.#out.get(address) !== undefined
    const isDown =
      this.#places.isZoneDown(az) ||
      this.#impairments.hidesFromUsers(subnetId) ||
      this.#shifts.activeOf({ arn: balancerArn })?.az === az
    if (isOut === isDown) return
    if (isDown) this.#out.put(address, true)
    else this.#out.delete(address)
    const word = (out: boolean): string => (out ? 'out' : 'in')
    this.#kernel.transition(`load-balancer-node:${address}`, word(isOut), word(isDown), `zone ${az}`)
  }
}
