using Loxi.TestKit.Availability;

namespace Loxi.TestKit.Scenarios;

/// <summary>Asks nodes for their roles all the time and keeps the history.</summary>
public sealed class RoleWatch : IAsyncDisposable
{
    private static readonly TimeSpan _period = TimeSpan.FromMilliseconds(50);
    private readonly CancellationTokenSource _stop = new();
    private readonly List<RoleChange> _changes = [];
    private readonly Lock _gate = new();
    private readonly Task _loops;

    private RoleWatch(IReadOnlyList<ScenarioNode> nodes) => _loops = Task.WhenAll(nodes.Select(WatchAsync));

    /// <summary>Every change so far, the first role of each node too.</summary>
    public IReadOnlyList<RoleChange> Changes
    {
        get
        {
            lock (_gate)
            {
                return [.. _changes];
            }
        }
    }

    public static RoleWatch Start(IReadOnlyList<ScenarioNode> nodes) => new(nodes);

    /// <summary>The history of one node.</summary>
    public IReadOnlyList<RoleChange> Of(string node) => [.. Changes.Where(change => change.Node == node)];

    /// <summary>When a node was first seen with a role after a moment; null when it was not.</summary>
    public TimeSpan? First(string node, string role, TimeSpan after) => Changes.FirstOrDefault(change => change.Node == node && change.Role == role && change.Moment >= after)?.Moment;

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        await _loops;
        _stop.Dispose();
        GC.SuppressFinalize(this);
    }

    private async Task WatchAsync(ScenarioNode node)
    {
        try
        {
            using var timer = new PeriodicTimer(_period);
            var last = "";
            do
            {
                var role = await node.ReadRoleAsync(_stop.Token);
                if (role != last)
                {
                    last = role;
                    lock (_gate)
                    {
                        _changes.Add(new(LabClock.Now, node.Name, role));
                    }
                }
            }
            while (await timer.WaitForNextTickAsync(_stop.Token));
        }
        catch (OperationCanceledException) when (_stop.IsCancellationRequested)
        {
            // It is over.
        }
    }
}
