using Loxi.Ha.Roles;
using Loxi.Ha.Transport;
using Loxi.Ha.Transport.Wire;

namespace Loxi.Sim;

/// <content>Somebody without the key who sends HELLOs in the name of peers. They come as datagrams and go through the codec and the keys of the product (I12).</content>
internal sealed partial class Cluster
{
    private static readonly HelloAuthentication _authentication = new() { Mode = HelloAuthenticationMode.Enforce, Keys = [new HelloKey(1, "simulated secret of all nodes"u8)] };
    private static readonly HelloKey[] _keysOfOthers = [new HelloKey(1, "another secret, the same number"u8), new HelloKey(2, "another secret, another number"u8)];
    private readonly byte[] _datagram = new byte[HelloLayout.LongestDatagram];
    private SimRandom _forger;

    private void BeginForging()
    {
        if (_switches.HasFlag(SimSwitches.Forger))
        {
            // Its own numbers: nothing else of the run changes by it.
            _forger = SimRandom.For(_s.Seed, 900);
            ForgeLater();
        }
    }

    private void ForgeLater() => _queue.Add(new SimEvent { At = _now + _forger.Between(_s.Interval / 2, 6 * _s.Interval), Kind = EventKind.Forged });

    private void Forge()
    {
        var to = _nodes[_forger.Below(_nodes.Length)];
        var claimed = _nodes[(to.Index + 1 + _forger.Below(_nodes.Length - 1)) % _nodes.Length];
        var hello = new Hello
        {
            NodeId = (ushort)claimed.Index,
            Incarnation = claimed.Incarnation + (ulong)_forger.Below(2),
            Sequence = claimed.Sequence + 1000,
            Role = (HelloRole)_forger.Below(4),
            Term = _forger.Below(2) == 0 ? 1000 : (ulong)_forger.Below(40),
            Readiness = Readiness.Ready,
            Heard = [new HeardPeer((ushort)to.Index, to.Incarnation, 1)],
        };
        var way = _forger.Below(4);
        var key = way switch { 0 => null, 1 or 2 => _keysOfOthers[way - 1], _ => _authentication.SendKey };
        var writer = new HelloWriter(_datagram, key is not null);
        writer.Begin(new HelloHeader { NodeId = hello.NodeId, Incarnation = hello.Incarnation, Sequence = hello.Sequence }, hello.Heard);
        writer.TryAdd("default"u8, hello);
        var datagram = _datagram.AsSpan(0, HelloWriter.Complete(_datagram, writer.Finish(), 0, 0, TimeSpan.Zero, key));
        if (way == 3)
        {
            // What a node has signed, with another term.
            datagram[^(HelloLayout.TagLength + "default".Length + 10)] ^= (byte)(1 + _forger.Below(255));
        }

        ForgeLater();
        if (HelloCodec.Check(datagram, out var header) != HelloDiscardReason.None
            || (_authentication.Verify(datagram, header, 255) != HelloDiscardReason.None && !_switches.HasFlag(SimSwitches.NoKeys)))
        {
            return;
        }

        var groups = HelloCodec.ReadGroups(datagram, header);
        while (groups.TryRead(out var entry))
        {
            Arrive(to, entry.ToHello(header, HelloCodec.ReadHeard(datagram, header)), 0);
        }
    }
}
