using System.Collections.Immutable;
using System.Net;
using Loxi.Core;
using Loxi.Ha.Sync.Transport;

namespace Loxi.Ha.Sync.Speaker;

/// <summary>Finds all that is wrong with settings.</summary>
internal static class SyncSpeakerValidator
{
    private const int MostPeers = 64;
    private const int MostAddresses = 8;
    private const int MostPins = 4;

    public static ImmutableArray<Problem> Check(SyncSpeakerSettings settings, byte self, CertificatePin own)
    {
        var problems = ImmutableArray.CreateBuilder<Problem>();
        if (settings.Peers.IsDefault || settings.Listen.IsDefault)
        {
            return [Problem.Of(settings.Peers.IsDefault ? "peers" : "listen", "null", "a list, which may be empty")];
        }

        if (settings.Peers.Length > MostPeers)
        {
            problems.Add(Problem.Of("peers", $"{settings.Peers.Length} peers", $"at most {MostPeers}"));
        }

        var ids = new HashSet<byte> { self };
        var pins = new Dictionary<CertificatePin, byte> { [own] = self };
        for (var i = 0; i < settings.Peers.Length; i++)
        {
            CheckPeer(settings.Peers[i], $"peers[{i}].", self, ids, pins, problems);
        }

        CheckListen(settings, self, problems);
        return problems.DrainToImmutable();
    }

    private static void CheckPeer(SyncPeerSettings? peer, string field, byte self, HashSet<byte> ids, Dictionary<CertificatePin, byte> pins, ImmutableArray<Problem>.Builder problems)
    {
        if (peer is null || peer.Pins.IsDefault || peer.Addresses.IsDefault || peer.Interfaces is null)
        {
            problems.Add(Problem.Of(field.TrimEnd('.'), "null", "a peer with lists of pins and addresses"));
            return;
        }

        if (!ids.Add(peer.NodeId))
        {
            problems.Add(Problem.Of(field + "nodeId", peer.NodeId, $"another number than that of this node ({self}), each once"));
        }

        if (peer.Pins.Length is 0 or > MostPins)
        {
            problems.Add(Problem.Of(field + "pins", $"{peer.Pins.Length} pins", $"1 to {MostPins}: the pin of the certificate of node {peer.NodeId}"));
        }

        foreach (var pin in peer.Pins)
        {
            if (pin == default)
            {
                problems.Add(Problem.Of(field + "pins", "", $"{CertificatePin.Length} hexadecimal digits"));
            }
            else if (!pins.TryAdd(pin, peer.NodeId) && pins[pin] != peer.NodeId)
            {
                problems.Add(Problem.Of(field + "pins", pin, $"a pin of node {peer.NodeId} alone: node {pins[pin]} has it"));
            }
        }

        if (peer.NodeId > self && peer.Addresses.Length is 0 or > MostAddresses)
        {
            problems.Add(Problem.Of(field + "addresses", $"{peer.Addresses.Length} addresses", $"1 to {MostAddresses}: this node ({self}) has the lower number and connects"));
        }

        foreach (var address in peer.Addresses)
        {
            if (address is null || address.Port == 0 || address.Address.Equals(IPAddress.Any) || address.Address.Equals(IPAddress.IPv6Any))
            {
                problems.Add(Problem.Of(field + "addresses", address, "an address and a port"));
            }
            else if (SyncSocket.NeedsInterface(address) && !peer.Interfaces.ContainsKey(address.Address))
            {
                problems.Add(Problem.Of(field + "interfaces", "", $"the interface by which the link-local address {address.Address} is reached"));
            }
        }
    }

    private static void CheckListen(SyncSpeakerSettings settings, byte self, ImmutableArray<Problem>.Builder problems)
    {
        if (settings.Listen.Contains(null!) || settings.Listen.Distinct().Count() != settings.Listen.Length)
        {
            problems.Add(Problem.Of("listen", string.Join(", ", settings.Listen), "addresses with their ports, each once"));
        }
        else if (settings.Listen.IsEmpty && settings.Peers.Any(p => p?.NodeId < self))
        {
            problems.Add(Problem.Of("listen", "none", $"an address: peers with a lower number than this node ({self}) connect to it"));
        }
    }
}
