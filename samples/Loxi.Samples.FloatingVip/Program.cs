using System.Collections.Immutable;
using System.Net;
using System.Runtime.InteropServices;
using Loxi.Core.Roles;
using Loxi.Ha.Announce;
using Loxi.Ha.Roles;
using Loxi.Ha.Transport;

if (args is not [("0" or "1") and var self, var other, var address, var link] || !IPAddress.TryParse(other, out var peer) || !IPAddress.TryParse(address, out var vip))
{
    Console.Error.WriteLine("usage: floatingvip 0|1 ADDRESS-OF-THE-OTHER-NODE VIP INTERFACE, e.g. floatingvip 0 192.0.2.2 192.0.2.100 eth0");
    return 2;
}

var (node, stop, gone) = (ushort.Parse(self), new TaskCompletionSource(), new TaskCompletionSource());
using var term = PosixSignalRegistration.Create(PosixSignal.SIGTERM, Stop);
using var interrupt = PosixSignalRegistration.Create(PosixSignal.SIGINT, Stop);
await using var announcer = new NeighbourAnnouncer();
await using var speaker = new RoleSpeaker(effects: new Vips(announcer));
using var told = speaker.Subscribe(e =>
{
    Console.WriteLine(e.Text);
    _ = e.IsStopped && gone.TrySetResult();
});
await announcer.ApplyAsync([new AnnouncedGroup("vip", [new AnnouncedAddress(vip, AddressPlacement.Interface, link)], IsMaster: false)]);
await announcer.SetPeersAsync([peer]);
await speaker.ApplyAsync(new RoleSpeakerSettings { NodeId = node, Peers = [new RolePeer((ushort)(1 - node)) { Paths = [new RolePath(peer)] }], Groups = [new RoleGroup("vip") { SharedLink = true }] });
await speaker.SetReadinessAsync("vip", Readiness.Ready);
await await Task.WhenAny(stop.Task, speaker.Completion); // a thread that fails ends the program by its error
await speaker.StopAsync(); // the other node takes over before this one is silent
await Task.WhenAny(gone.Task, Task.Delay(3000));
return 0;

void Stop(PosixSignalContext signal) => _ = (signal.Cancel = true) && stop.TrySetResult();

/// <summary>What follows from a role: the VIP is on the interface of the node that serves, and the neighbours are told.</summary>
internal sealed class Vips(NeighbourAnnouncer announcer) : IRoleEffects
{
    public void Announce(string group, ImmutableArray<IPAddress> withheld) => Task.WaitAll(announcer.SetRoleAsync(group, true, withheld), announcer.RepeatAsync(group));

    public void StopAnnouncing(string group) => announcer.SetRoleAsync(group, false).Wait();

    public async Task<ImmutableArray<IPAddress>> ProbeVipsAsync(string group, ImmutableArray<IPAddress> vips) => [.. (await announcer.ProbeAsync(group, vips)).Select(static claim => claim.Address)];

    public Task SendBarrierAsync(string group, ushort peer) => Task.CompletedTask; // nothing is kept alike

    public void DrainTo(string group, ushort peer, TimeSpan idle, TimeSpan limit) => Console.WriteLine($"node {peer} serves now");
}
