import { expect, it } from 'vitest'
import { SECOND } from '../../world/model.ts'
import { startSimulator } from '../../server.ts'
import { CreateHostedZoneCommand, GetHostedZoneCommand, Route53Client } from '@aws-sdk/client-route-53'

const NAME = 'dynamodb.eu-west-1.amazonaws.com'

it('a private zone is made for a VPC of the account, is asked by nobody else, and takes no batch of anybody else’s time', async () => {
  const sim = await startSimulator({ rate: 'manual', world: 'warm-standby', seed: 3 })
  const route53 = new Route53Client({
    region: 'us-east-1',
    endpoint: sim.endpoints.aws,
    credentials: { accessKeyId: 'FIREDRILLSIM', secretAccessKey: 'firedrill-simulator-secret' },
    maxAttempts: 1,
  })
  const [instance] = sim.world.compute.inRegion('eu-west-1')
  const make = (VPCId: string, CallerReference: string) =>
    route53.send(
      new CreateHostedZoneCommand({
        Name: NAME,
        CallerReference,
        HostedZoneConfig: { PrivateZone: true },
        VPC: { VPCRegion: 'eu-west-1', VPCId },
      }),
    )
  try {
    const vpcId = instance?.vpcId ?? ''
    await expect(make('vpc-0123456789abcdef0', 'a')).rejects.toMatchObject({ name: 'InvalidVPCId' })
    const { HostedZone: zone, VPC } = await make(vpcId, 'b')
    expect([zone?.Config?.PrivateZone, VPC]).toEqual([true, { VPCRegion: 'eu-west-1', VPCId: vpcId }])
    await expect(make(vpcId, 'b')).rejects.toMatchObject({ name: 'HostedZoneAlreadyExists' })
    await expect(make(vpcId, 'c')).rejects.toMatchObject({ name: 'ConflictingDomainExists' })
    const { VPCs } = await route53.send(new GetHostedZoneCommand({ Id: zone?.Id }))
    expect(VPCs).toEqual([{ VPCRegion: 'eu-west-1', VPCId: vpcId }])
    sim.advance(120 * SECOND)
    expect(sim.world.dns.answer(0, `${NAME}.`, 'A').status).toBe('refused')
    expect(sim.world.impairments.losesName(vpcId, [NAME])).toBe(true)
    expect(sim.world.impairments.losesName(vpcId, ['eu-west-1.amazonaws.com'])).toBe(false)
    expect(sim.world.impairments.losesName('vpc-0', [NAME])).toBe(false)
  } finally {
    route53.destroy()
    await sim.close()
  }
})
