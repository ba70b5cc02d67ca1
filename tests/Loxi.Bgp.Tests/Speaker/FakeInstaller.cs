using System.Net;
using Loxi.Core.Routes;

namespace Loxi.Bgp.Tests.Speaker;

/// <summary>Keeps routes as a kernel does, and fails as often as it is told to.</summary>
internal sealed class FakeInstaller : IRouteInstaller
{
    private readonly Lock _gate = new();
    private readonly Dictionary<IPNetwork, RouteChange> _routes = [];

    internal int Failures { get; set; }

    /// <summary>While it is not completed, calls wait.</summary>
    internal Task Open { get; set; } = Task.CompletedTask;

    internal int Completions { get; private set; }

    internal IPNetwork[] Routes
    {
        get
        {
            lock (_gate)
            {
                return [.. _routes.Keys];
            }
        }
    }

    public async ValueTask ApplyAsync(IReadOnlyList<RouteChange> changes, CancellationToken cancellationToken)
    {
        await Open.WaitAsync(cancellationToken);
        lock (_gate)
        {
            if (Failures-- > 0)
            {
                throw new InvalidOperationException("told to fail");
            }

            foreach (var change in changes)
            {
                if (change.NextHops.IsEmpty)
                {
                    _routes.Remove(change.Prefix);
                }
                else
                {
                    _routes[change.Prefix] = change;
                }
            }
        }
    }

    public ValueTask CompleteAsync(CancellationToken cancellationToken)
    {
        Completions++;
        return ValueTask.CompletedTask;
    }
}
