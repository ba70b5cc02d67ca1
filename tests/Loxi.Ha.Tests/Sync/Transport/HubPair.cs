using System.Threading.Channels;
using FluentAssertions;
using Loxi.Ha.Sync.Engine;
using Loxi.Ha.Sync.Wire;

namespace Loxi.Ha.Tests.Sync.Transport;

/// <summary>Two hubs with streams between them.</summary>
internal sealed class HubPair
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(20);
    private readonly Channel<bool> _woken = Channel.CreateBounded<bool>(new BoundedChannelOptions(1) { FullMode = BoundedChannelFullMode.DropWrite });

    public HubPair(Func<SyncSettings, SyncSettings>? change = null, int queue = 1 << 16)
    {
        A = new HubNode(0, _woken.Writer, change, queue);
        B = new HubNode(1, _woken.Writer, change, queue);
        A.SetPeers(Now, 1);
        B.SetPeers(Now, 0);
    }

    public HubNode A { get; }

    public HubNode B { get; }

    public TimeSpan Now { get; set; } = TimeSpan.FromSeconds(1);

    public HubPair Begun()
    {
        A.Hub.Begin(Now);
        B.Hub.Begin(Now);
        return this;
    }

    public HubPair Connected()
    {
        Begun();
        foreach (var channel in (SyncChannel[])[SyncChannel.Live, SyncChannel.Bulk])
        {
            var (a, b) = DuplexStream.Pair();
            A.Attach(1, channel, a, b, Now);
            B.Attach(0, channel, b, a, Now);
        }

        return this;
    }

    /// <summary>Turns of both while they are woken, until a condition holds; time stands still.</summary>
    public async Task UntilAsync(Func<bool> condition, string because = "")
    {
        using var patience = new CancellationTokenSource(Patience);
        while (!Holds(condition))
        {
            if (A.Hub.NextTurn > Now && B.Hub.NextTurn > Now)
            {
                try
                {
                    await _woken.Reader.ReadAsync(patience.Token);
                }
                catch (OperationCanceledException)
                {
                    condition().Should().BeTrue(because);
                }
            }
        }
    }

    /// <summary>Until each has all that the other had.</summary>
    public async Task JoinedAsync()
    {
        await UntilAsync(() => A.Engine.Status(1, Now).IsJoined && B.Engine.Status(0, Now).IsJoined);
        (A.Hub.IsReady && B.Hub.IsReady).Should().BeTrue();
    }

    /// <summary>Turns of both at this time.</summary>
    public void Turn()
    {
        A.Hub.Turn(Now);
        B.Hub.Turn(Now);
    }

    private bool Holds(Func<bool> condition)
    {
        Turn();
        return condition();
    }
}
