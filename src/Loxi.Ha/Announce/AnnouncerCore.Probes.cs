using System.Collections.Immutable;
using System.Net;
using System.Net.Sockets;
using Loxi.Core.Roles;
using Loxi.Ha.Announce.Wire;
using Loxi.Linux;

namespace Loxi.Ha.Announce;

/// <content>Questions who has an address (RFC 5227 2.1, RFC 4862 5.4).</content>
internal sealed partial class AnnouncerCore
{
    private readonly List<ProbeState> _probes = [];

    /// <summary>Begins a probe; it ends with the result.</summary>
    internal void BeginProbe(string name, ImmutableArray<IPAddress> addresses, TaskCompletionSource<ImmutableArray<AddressClaim>> result, TimeSpan now)
    {
        var group = Find(name);
        var asked = addresses.IsDefaultOrEmpty ? group.Addresses : [.. addresses.Select(a => FindIn(group, a))];
        _view = _system.Read();
        FindLinks();
        Index();
        _probes.Add(new ProbeState([.. asked.Where(static a => a.Declared.Placement != AddressPlacement.Routed).Select(static a => a.Value)], now, result));
        Probe(now);
    }

    private void Probe(TimeSpan now)
    {
        for (var i = _probes.Count - 1; i >= 0; i--)
        {
            var probe = _probes[i];
            if (now < probe.Due)
            {
                continue;
            }

            if (probe.Result.Task.IsCompleted || probe.Sent == ProbeState.Probes || probe.Addresses.Count == 0)
            {
                _probes.RemoveAt(i);
                probe.Result.TrySetResult([.. probe.Claims.Values.OrderBy(static c => c.Address.ToString(), StringComparer.Ordinal)]);
                continue;
            }

            foreach (var address in probe.Addresses)
            {
                // Declared no more: nobody wants to know.
                if (_byAddress.TryGetValue(address, out var found))
                {
                    QueueProbe(found.Address);
                }
            }

            probe.Sent++;
            Flush();
        }
    }

    private void QueueProbe(AddressState address)
    {
        Span<byte> frame = stackalloc byte[NeighbourFrame.Size];
        Span<byte> macRoom = stackalloc byte[LinkLayerAddress.MaxLength];
        Span<byte> bytes = stackalloc byte[16];
        bytes = bytes[..address.Value.CopyTo(bytes)];
        foreach (var link in address.Links)
        {
            if (!_view.IsUp(link))
            {
                continue;
            }

            var mac = macRoom[.._view.Find(link)!.HardwareAddress.CopyTo(macRoom)];
            var length = address.Value.Family == AddressFamily.InterNetwork ? ArpFrame.WriteProbe(frame, mac, bytes) : NeighbourFrame.WriteProbe(frame, mac, bytes);
            _system.Queue(link, frame[..length]);
            _probeFrames++;
        }
    }
}
