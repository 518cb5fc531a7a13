import { isIPv4, isIPv6 } from 'node:net'
import type { RecordSet } from '../../world/model.ts'

const MAX_VALUES = 400

/** What is wrong with the values of a record set, in Route 53's words; other types than these are taken as they are. */
export function valueProblems({ type, values }: RecordSet): string[] {
  const duplicate = values.find((value, index) => values.indexOf(value) !== index)
  if (duplicate !== undefined) return [`Duplicate Resource Record: '${duplicate}'`]
  if (values.length > MAX_VALUES) return [`Number of values limit of ${MAX_VALUES} exceeded.`]
  if (type === 'CNAME' && values.length > 1) return ['CNAME RRSet contains more than one Resource Record']
  return values.flatMap((value) => {
    const problem = problemOf(type, value)
    return problem === undefined
      ? []
      : [`Invalid Resource Record: 'FATAL problem: ${problem} encountered with '${value}''`]
  })
}

function problemOf(type: string, value: string): string | undefined {
  switch (type) {
    case 'A':
      return isIPv4(value) ? undefined : 'ARRDATAIllegalIPv4Address (Value is not a valid IPv4 address)'
    case 'AAAA':
      return isIPv6(value) ? undefined : 'AAAARRDATAIllegalIPv6Address (Value is not a valid IPv6 address)'
    case 'TXT':
    case 'SPF':
      return /^(?:\s*"(?:[^"\\]|\\.)*")+\s*$/.test(value)
        ? undefined
        : 'InvalidCharacterString (Value should be enclosed in quotation marks)'
    case 'CNAME':
    case 'NS':
    case 'PTR':
      return /^[^\s]+$/.test(value)
        ? undefined
        : 'DomainNameContainsIllegalCharacter (Value is not a valid domain name)'
    case 'MX':
      return /^\d{1,5} [^\s]+$/.test(value)
        ? undefined
        : 'MXRRDATANotTwoFields (Value does not have a priority and a domain name)'
    default:
      return undefined
  }
}
