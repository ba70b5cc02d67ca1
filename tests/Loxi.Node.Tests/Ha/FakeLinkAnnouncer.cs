using System.Collections.Concurrent;
using System.Collections.Immutable;
using System.Net;
using Loxi.Ha.Announce;
using Loxi.Node.Ha;

namespace Loxi.Node.Tests.Ha;

/// <summary>Remembers the other nodes' addresses and the gateways.</summary>
internal sealed class FakeLinkAnnouncer : ILinkAnnouncer
{
    /// <summary>Every list that it was told.</summary>
    public List<string> Peers { get; } = [];

    /// <summary>Every list of gateways that it was told.</summary>
    public ConcurrentQueue<string> Gateways { get; } = [];

    public bool IsStopped { get; private set; }

    public Task SetPeersAsync(ImmutableArray<IPAddress> addresses)
    {
        Peers.Add(string.Join(' ', addresses));
        return Task.CompletedTask;
    }

    public Task SetGatewaysAsync(ImmutableArray<TrackedGateway> gateways)
    {
        Gateways.Enqueue(string.Join(", ", gateways.Select(static g => $"{g.Address} on {g.Interface}")));
        return Task.CompletedTask;
    }

    public IDisposable SubscribeGateways(Action<GatewayStatus> listener) => new CancellationTokenSource();

    public Task<AnnouncerStatus> ReadStatusAsync() => Task.FromResult(new AnnouncerStatus([], new AnnouncerCounters()));

    public ValueTask StopAsync()
    {
        IsStopped = true;
        return ValueTask.CompletedTask;
    }
}
