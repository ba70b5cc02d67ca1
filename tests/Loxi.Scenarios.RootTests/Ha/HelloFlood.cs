using System.Diagnostics;
using Loxi.TestKit.Capture;
using Loxi.TestKit.Packets;
using Loxi.TestKit.Scenarios;

namespace Loxi.Scenarios.RootTests.Ha;

/// <summary>
/// What anybody at the switch can send to the port of HELLO, as fast as one thread does: noise, forgeries that are right but for the key, HELLOs of both nodes that
/// were recorded, other versions, other nodes, the node's own address.
/// </summary>
internal sealed class HelloFlood
{
    private const int Recorded = 16;
    private const int UdpPayloadAt = 14 + 20 + 8;
    private static readonly byte[] _wrongSecret = [.. Enumerable.Repeat((byte)7, 32)];

    // xorshift: the sender must cost less than who is sent to.
    private ulong _random = 0x9e37_79b9_7f4a_7c15;
    private readonly List<Template> _templates = [];
    private readonly ScenarioLab _lab;

    private HelloFlood(ScenarioLab lab) => _lab = lab;

    private delegate void Change(Span<byte> payload, ulong random);

    /// <summary>The kinds of what is sent.</summary>
    public int Kinds => _templates.Select(static template => template.Kind).Distinct().Count();

    /// <summary>Records what nodes say to each other and makes the rest.</summary>
    public static async Task<HelloFlood> PrepareAsync(ScenarioLab lab)
    {
        var flood = new HelloFlood(lab);
        foreach (var target in lab.Nodes)
        {
            var peer = lab.Nodes[1 - target.Index];
            using var capture = target.Host.Capture("eth0", static packet => packet is { IsUdp: true, DestinationPort: ForgedHello.Port });
            var heard = await capture.WaitForAsync(static packet => !packet.Outgoing, Recorded, $"HELLOs to {target.Name}");
            var said = await capture.WaitForAsync(static packet => packet.Outgoing, Recorded, $"HELLOs of {target.Name}");
            flood.Prepare(target, peer, heard, said);
        }

        return flood;
    }

    /// <summary>Sends; returns how many a second.</summary>
    public async Task<double> SendAsync(int count)
    {
        using var wire = _lab.Rogue.Capture("eth0", static _ => false);
        var watch = Stopwatch.StartNew();
        await Task.Run(() =>
        {
            for (var i = 0; i < count; i++)
            {
                var (_, frame, change) = _templates[i % _templates.Count];
                change?.Invoke(frame.AsSpan(UdpPayloadAt), Next());
                wire.Send(frame);
            }
        });
        return count / watch.Elapsed.TotalSeconds;
    }

    private static void Fill(Span<byte> bytes, ulong random)
    {
        for (var i = 0; i < bytes.Length; i++)
        {
            random ^= random << 13;
            random ^= random >> 7;
            random ^= random << 17;
            bytes[i] = (byte)random;
        }
    }

    private void Prepare(ScenarioNode target, ScenarioNode peer, IReadOnlyList<CapturedPacket> heard, IReadOnlyList<CapturedPacket> said)
    {
        var id = (ushort)peer.Index;
        foreach (var length in new[] { 0, 1, 47, 48, 100, 300, 1232, 1400 })
        {
            Add("noise of a peer", peer.Address, target, new byte[length], Fill);
            Add("noise of a stranger", "192.168.80.77", target, new byte[length], Fill);
        }

        Change run = static (payload, random) => Fill(payload.Slice(ForgedHello.IncarnationAt, 16), random);
        for (var i = 0; i < 4; i++)
        {
            Add("wrong key", peer.Address, target, ForgedHello.OfMaster(id, 1, _wrongSecret), null);
            Add("wrong authentication", peer.Address, target, ForgedHello.OfMaster(id, 1, _wrongSecret), run);
            Add("unknown key", peer.Address, target, ForgedHello.OfMaster(id, 9, _wrongSecret), run);
            Add("no key", peer.Address, target, ForgedHello.OfMaster(id, 0, []), run);
            Add("wrong version", peer.Address, target, ForgedHello.OfMaster(id, 1, _wrongSecret), static (payload, random) => payload[ForgedHello.VersionAt] = (byte)(2 + (random % 254)));
            Add("other node", peer.Address, target, ForgedHello.OfMaster(77, 1, _wrongSecret), static (payload, random) => Fill(payload.Slice(ForgedHello.NodeAt, 2), random));
            Add("own address", target.Address, target, ForgedHello.OfMaster((ushort)target.Index, 1, _wrongSecret), run);
            Add("stranger", "192.168.80.66", target, ForgedHello.OfMaster(id, 1, _wrongSecret), run);
        }

        foreach (var packet in heard)
        {
            Add("replayed", peer.Address, target, Payload(packet), null);
            Add("changed", peer.Address, target, Payload(packet), static (payload, random) => payload[(int)(random % (uint)payload.Length)] ^= (byte)(1 << (int)((random >> 32) % 8)));
        }

        foreach (var packet in said)
        {
            Add("reflected", peer.Address, target, Payload(packet), null);
        }
    }

    private static byte[] Payload(CapturedPacket packet) => packet.Bytes[(packet.TransportOffset + 8)..].ToArray();

    private void Add(string kind, string source, ScenarioNode target, byte[] payload, Change? change)
        // From the rogue's own MAC address: the switch must not learn anything wrong. Without a checksum, as it is changed on the way.
        => _templates.Add(new(
            kind,
            Packet.Ipv4(source, target.Address).WithTtl(255).WithMacs(_lab.Rogue.Mac("eth0"), target.Mac).Udp(ForgedHello.Port, ForgedHello.Port, payload, zeroChecksum: true).ToFrame(),
            change));

    private ulong Next()
    {
        _random ^= _random << 13;
        _random ^= _random >> 7;
        _random ^= _random << 17;
        return _random;
    }

    private sealed record Template(string Kind, byte[] Frame, Change? Change);
}
