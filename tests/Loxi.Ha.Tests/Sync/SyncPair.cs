using FluentAssertions;
using Loxi.Ha.Sync.Engine;
using Loxi.Ha.Sync.Wire;
using Loxi.Sim.Sync;

namespace Loxi.Ha.Tests.Sync;

/// <summary>Nodes whose streams are lists of frames in the hands of a test.</summary>
internal sealed class SyncPair
{
    private readonly Dictionary<(byte From, byte To, SyncChannel Channel), Queue<byte[]>> _wires = [];

    public SyncPair(int nodes = 2, Func<SyncSettings, SyncSettings>? change = null, SyncRules rules = SyncRules.All, Func<int, uint>? kinds = null)
    {
        Nodes = [.. Enumerable.Range(0, nodes).Select(i => new SyncNode((change ?? (static s => s))(Settings((byte)i)), TimeSpan.FromSeconds(40), rules, kinds?.Invoke(i) ?? 1) { Offset = TimeSpan.FromHours(i) })];
        foreach (var node in Nodes)
        {
            Start(node);
        }
    }

    public SyncNode[] Nodes { get; }

    public TimeSpan Now { get; private set; } = TimeSpan.FromSeconds(1);

    public SyncNode A => Nodes[0];

    public SyncNode B => Nodes[1];

    public void Start(SyncNode node) => node.Start(Now, Nodes.Where(n => n != node).Select(static n => n.Id));

    public void Connect(SyncNode a, SyncNode b, params SyncChannel[] channels)
    {
        foreach (var channel in channels.Length == 0 ? [SyncChannel.Live, SyncChannel.Bulk] : channels)
        {
            _wires[(a.Id, b.Id, channel)] = new();
            _wires[(b.Id, a.Id, channel)] = new();
            a.Engine!.Open(b.Id, channel, a.Clock(Now));
            b.Engine!.Open(a.Id, channel, b.Clock(Now));
        }
    }

    public void Break(SyncNode a, SyncNode b, params SyncChannel[] channels)
    {
        foreach (var channel in channels.Length == 0 ? [SyncChannel.Live, SyncChannel.Bulk] : channels)
        {
            _wires.Remove((a.Id, b.Id, channel));
            _wires.Remove((b.Id, a.Id, channel));
            a.Engine?.Close(b.Id, channel, a.Clock(Now));
            b.Engine?.Close(a.Id, channel, b.Clock(Now));
        }
    }

    public SyncPair Connected()
    {
        for (var i = 0; i < Nodes.Length; i++)
        {
            for (var j = i + 1; j < Nodes.Length; j++)
            {
                Connect(Nodes[i], Nodes[j]);
            }
        }

        Exchange();
        return this;
    }

    /// <summary>What a node has to say now, not yet at the other.</summary>
    public Queue<byte[]> Send(SyncNode from, SyncNode to, SyncChannel channel)
    {
        var wire = _wires[(from.Id, to.Id, channel)];
        while (from.Write(to.Id, channel, Now) is { } frame)
        {
            wire.Enqueue(frame);
        }

        return wire;
    }

    public void Deliver(SyncNode from, SyncNode to, SyncChannel channel)
    {
        var wire = _wires[(from.Id, to.Id, channel)];
        while (wire.TryDequeue(out var frame))
        {
            to.Receive(from.Id, channel, frame, Now).Should().Be(SyncFrameProblem.None);
        }
    }

    /// <summary>Until nobody has anything to say.</summary>
    public void Exchange()
    {
        for (var again = true; again;)
        {
            again = false;
            foreach (var (from, to, channel) in _wires.Keys.ToArray())
            {
                again |= Send(Nodes[from], Nodes[to], channel).Count > 0;
                Deliver(Nodes[from], Nodes[to], channel);
            }
        }
    }

    /// <summary>Time passes; every node does its steps.</summary>
    public void Pass(double seconds, bool exchange = true)
    {
        for (var end = Now + TimeSpan.FromSeconds(seconds); Now < end;)
        {
            Now += TimeSpan.FromMilliseconds(100);
            foreach (var node in Nodes)
            {
                if (node.Engine is not null)
                {
                    node.Step(Now);
                }
            }

            if (exchange)
            {
                Exchange();
            }
        }
    }

    public void ShouldBeAlike()
    {
        foreach (var node in Nodes)
        {
            node.Table.Entries.Select(static e => (e.Key, e.Value.Value, e.Value.Version)).Should().Equal(A.Table.Entries.Select(static e => (e.Key, e.Value.Value, e.Value.Version)));
            node.Engine!.Digest().Should().Be(A.Engine!.Digest());
            node.Violation.Should().BeNull();
        }
    }

    public SyncPeerStatus Status(SyncNode of, SyncNode peer) => of.Engine!.Status(peer.Id, of.Clock(Now));

    internal static SyncSettings Settings(byte id) => new()
    {
        NodeId = id,
        MaxEntries = 4096,
        DigestPeriod = TimeSpan.FromSeconds(1),
        SweepPeriod = TimeSpan.FromMilliseconds(100),
        SweepBuckets = 1024,
    };
}
