import type { Kernel } from './kernel.ts'
import type { Instance } from './model.ts'
import type { Table } from './store.ts'

/** A Region's place in the address plan; its table key is the Region's name. */
export interface RegionNetwork {
  /** Position among the world's Regions; it picks the private network. */
  readonly index: number
  /** First three octets of the public documentation network, with the last dot. */
  readonly prefix: string
  readonly zones: readonly string[]
}

/** Instances' public addresses begin here; what is below belongs to load balancers. */
const FIRST_HOST = 100
/** So many instances of a Region have documentation addresses; further ones get addresses for benchmarks (RFC 2544). */
const DOCUMENTATION_HOSTS = 155
const BENCHMARK_ADDRESSES_PER_REGION = 32_768

/** Which addresses things of a Region have. */
export class Networks {
  readonly regions: Table<RegionNetwork>

  constructor(kernel: Kernel) {
    this.regions = kernel.store.table('networks')
  }

  /** The addresses of the n-th instance of a Region, counted from 0, in a zone. */
  addressesOf(region: string, az: string, n: number): Pick<Instance, 'publicIp' | 'privateIp'> {
    const network = this.regions.get(region)
    if (network === undefined) throw new Error(`unknown Region ${region}`)
    const inside = 20 + n
    const third = zoneLetter(az) + 8 * Math.floor(inside / 256)
    return {
      publicIp:
        n < DOCUMENTATION_HOSTS ? `${network.prefix}${FIRST_HOST + n}` : benchmarkAddress(network.index, n),
      privateIp: `10.${network.index}.${third}.${inside % 256}`,
    }
  }

  /** Addresses in a zone that none of the Region's instances has. */
  freeAddress(
    region: string,
    az: string,
    instances: readonly Instance[],
  ): Pick<Instance, 'publicIp' | 'privateIp'> {
    const taken = new Set(instances.map(({ publicIp }) => publicIp))
    for (let n = 0; n < DOCUMENTATION_HOSTS + BENCHMARK_ADDRESSES_PER_REGION; n += 1) {
      const addresses = this.addressesOf(region, az, n)
      if (!taken.has(addresses.publicIp)) return addresses
    }
    throw new Error(`the network of ${region} has no address left`)
  }
}

/** The position of a zone in its Region: 0 for `eu-west-1a`. */
export const zoneLetter = (az: string): number => az.charCodeAt(az.length - 1) - 97

const benchmarkAddress = (index: number, n: number): string => {
  const at = index * BENCHMARK_ADDRESSES_PER_REGION + n - DOCUMENTATION_HOSTS
  return `198.${18 + Math.floor(at / 65_536)}.${Math.floor(at / 256) % 256}.${at % 256}`
}
