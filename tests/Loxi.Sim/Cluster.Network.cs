using Loxi.Ha.Roles;

namespace Loxi.Sim;

/// <content>The network: what is sent arrives late, twice, in another order, or not.</content>
internal sealed partial class Cluster
{
    /// <summary>How many faults cut a path of a direction.</summary>
    private readonly int[] _cuts;
    private readonly SimRandom[] _links;
    private int _loss;
    private int _delay;

    /// <summary>Whether anything passes from one node to another on any path.</summary>
    internal bool Works(int from, int to)
    {
        for (var path = 0; path < _s.Paths; path++)
        {
            if (_cuts[Link(from, to, path)] == 0)
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>Pairs of nodes that do not hear each other both ways.</summary>
    private int BrokenPairs
    {
        get
        {
            var broken = 0;
            for (var i = 0; i < _nodes.Length; i++)
            {
                for (var j = i + 1; j < _nodes.Length; j++)
                {
                    broken += Works(i, j) && Works(j, i) ? 0 : 1;
                }
            }

            return broken;
        }
    }

    /// <summary>What is wrong all the time.</summary>
    internal int Standing => BrokenPairs + _nodes.Count(static n => n.Tracked.Count > 0 || n.Core is { Health: < byte.MaxValue });

    private int Link(int from, int to, int path) => (((from * _s.Nodes) + to) * _s.Paths) + path;

    /// <summary>Sends a HELLO, or a request to answer (R2a), on every path.</summary>
    private void Send(SimNode node, int to, Hello? hello)
    {
        for (var path = 0; path < _s.Paths; path++)
        {
            var link = Link(node.Index, to, path);
            ref var random = ref _links[link];
            // Always the same count of numbers, so that a fault of a link does not change the others.
            var copies = random.Below(1000) < _s.Duplicates ? 2 : 1;
            for (var k = 0; k < copies; k++)
            {
                var delay = random.Between(_s.LeastDelay, _s.MostDelay);
                var lost = _loss > 0 && random.Below(1000) < _loss;
                if (_delay > 0)
                {
                    delay += random.Between(0, _delay * Ms);
                }

                if (!lost && _cuts[link] == 0)
                {
                    _queue.Add(new SimEvent { At = _now + delay, Kind = hello is null ? EventKind.AskArrival : EventKind.Arrival, Node = (byte)to, Path = (byte)path, Data = hello });
                }
            }
        }
    }

    private void Arrive(SimNode node, Hello hello, int path)
    {
        if (node.Core is null)
        {
            return;
        }

        if (node.Pauses > 0)
        {
            // A socket holds so much; what comes later is lost.
            if (node.Inbox.Count < _s.Buffer)
            {
                node.Inbox.Add((hello, path, Time(node)));
            }

            return;
        }

        Hear(node, hello, path, Time(node));
        Finish(node);
    }

    /// <summary>What the transport accepts: no earlier run of a peer, and on a path only what is newer.</summary>
    private void Hear(SimNode node, Hello hello, int path, TimeSpan at)
    {
        var k = (hello.NodeId * _s.Paths) + path;
        if (hello.Incarnation < node.HeardIncarnation[hello.NodeId])
        {
            return;
        }

        if (hello.Incarnation > node.HeardIncarnation[hello.NodeId])
        {
            node.HeardIncarnation[hello.NodeId] = hello.Incarnation;
            node.HeardSequence.AsSpan(hello.NodeId * _s.Paths, _s.Paths).Clear();
        }

        if (hello.Sequence <= node.HeardSequence[k])
        {
            return;
        }

        node.HeardSequence[k] = hello.Sequence;
        var role = node.Core!.Role;
        node.Core.Receive(hello, path, at, Time(node), _actions);
        if (_actions.Count == 0 && (hello.Role == HelloRole.Resign || node.Core.Role != role))
        {
            NextTick(node);
        }
    }

    /// <summary>BFD notices what is broken after three intervals of a third of h.</summary>
    private void WatchByBfd(int from)
    {
        for (var to = 0; _s.Bfd && to < _nodes.Length; to++)
        {
            for (var path = 0; to != from && path < _s.Paths; path++)
            {
                var receiver = _nodes[to];
                _queue.Add(new SimEvent { At = _now + _s.Interval + (_s.Interval / 2), Kind = EventKind.Bfd, Node = (byte)to, Peer = (byte)from, Path = (byte)path, Epoch = receiver.Epoch, Number = 1 });
            }
        }
    }

    private void DetectByBfd(SimNode node, RoleCore core, in SimEvent what, TimeSpan now)
    {
        // Still broken; a short break between is of no matter, the core looks whether HELLOs came.
        if (what.Number == 0 || _cuts[Link(what.Peer, what.Node, what.Path)] > 0 || !_nodes[what.Peer].Runs)
        {
            core.PathDown(what.Peer, what.Path, now, now, _actions);
        }
    }

    /// <summary>R1: whether another host answers for the VIPs.</summary>
    private System.Collections.Immutable.ImmutableArray<System.Net.IPAddress> Answering(SimNode node)
    {
        var answers = _thirdHosts > 0;
        foreach (var other in _nodes)
        {
            answers |= other != node && other.Announces(_now) && Works(other.Index, node.Index) && Works(node.Index, other.Index);
        }

        return answers ? _vip : [];
    }
}
