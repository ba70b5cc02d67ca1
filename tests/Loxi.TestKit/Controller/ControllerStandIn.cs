using Loxi.TestKit.Availability;

namespace Loxi.TestKit.Controller;

/// <summary>
/// Does to nodes what kube-loxilb was recorded to do: checks their health, elects a master when the old one is dead, tells nodes their roles, neighbours and
/// services, and tells a node that comes back everything anew, its role first. It never looks at what a node has.
/// </summary>
public sealed partial class ControllerStandIn : IAsyncDisposable
{
    private readonly ControllerOptions _options;
    private readonly IReadOnlyList<NodeLine> _lines;
    private readonly Random _random;
    private readonly CancellationTokenSource _stop = new();
    private readonly Lock _gate = new();
    private readonly List<ControllerService> _services = [];
    private readonly List<ControllerEvent> _events = [];
    private TaskCompletionSource _change = NewSignal();
    private Task _loops = Task.CompletedTask;
    private NodeLine? _master;
    private bool _elects;
    private int _deaths;

    private ControllerStandIn(ControllerOptions options, Func<ControllerNode, HttpClient> connect)
    {
        _options = options;
        _random = new Random(options.Seed);
        _lines = [.. options.Nodes.Select(node => new NodeLine(node, options, connect(node), Note))];
    }

    /// <summary>All that happened, in the order in which it ended.</summary>
    public IReadOnlyList<ControllerEvent> Events
    {
        get
        {
            lock (_gate)
            {
                return [.. _events];
            }
        }
    }

    /// <summary>Name of the node that the controller takes for the master; it may be dead. Null without roles, and as long as no node answered.</summary>
    public string? Master
    {
        get
        {
            lock (_gate)
            {
                return _master?.Node.Name;
            }
        }
    }

    /// <summary>Begins; ends when the nodes that answer have been told everything.</summary>
    /// <param name="options">What it does.</param>
    /// <param name="connect">Makes the client of a node's API.</param>
    /// <param name="services">The services that there are from the begin on.</param>
    public static async Task<ControllerStandIn> StartAsync(ControllerOptions options, Func<ControllerNode, HttpClient> connect, params IEnumerable<ControllerService> services)
    {
        ArgumentNullException.ThrowIfNull(options);
        ArgumentNullException.ThrowIfNull(connect);
        var controller = new ControllerStandIn(options, connect);
        controller._services.AddRange(services);
        await controller.BeginAsync();
        return controller;
    }

    /// <summary>Makes a service, or changes the one of that name; ends when the nodes that live have been told.</summary>
    public Task PutServiceAsync(ControllerService service)
    {
        lock (_gate)
        {
            _services.RemoveAll(known => known.Name == service.Name);
            _services.Add(service);
            return TellAll(Post(service));
        }
    }

    /// <summary>Deletes a service; ends when the nodes that live have been told.</summary>
    public Task DeleteServiceAsync(string name)
    {
        lock (_gate)
        {
            var service = _services.Find(known => known.Name == name) ?? throw new ArgumentException($"service '{name}': there is none", nameof(name));
            _services.Remove(service);
            return TellAll(new(HttpMethod.Delete, service.DeletePath, service.ToJson(_options.Instance)));
        }
    }

    /// <summary>
    /// What a restart of the controller looks like to the nodes: services, a new election that may choose another one, and the services once more.
    /// Ends when all have been told.
    /// </summary>
    public Task RestartAsync()
    {
        lock (_gate)
        {
            var living = Shuffled(_lines.Where(static line => line.IsAlive));
            _master = _options.SetRoles && living.Count > 0 ? living[0] : null;
            return Task.WhenAll(living.Select(line => Task.WhenAll([.. Services().Select(line.Put), .. Configuration(line).Select(line.Put)])));
        }
    }

    /// <summary>Waits for an event that matches, among those that were or are to come.</summary>
    /// <exception cref="TimeoutException">None came in time; the message lists the last ones.</exception>
    public async Task<ControllerEvent> WaitForAsync(Func<ControllerEvent, bool> predicate, string what, TimeSpan? timeout = null)
    {
        using var limit = new CancellationTokenSource(timeout ?? TimeSpan.FromSeconds(30));
        while (true)
        {
            Task change;
            lock (_gate)
            {
                if (_events.Find(one => predicate(one)) is { } found)
                {
                    return found;
                }

                change = _change.Task;
            }

            try
            {
                await change.WaitAsync(limit.Token);
            }
            catch (OperationCanceledException e)
            {
                throw new TimeoutException($"controller: '{what}' did not happen in time; the last events:\n{string.Join('\n', Events.TakeLast(20))}", e);
            }
        }
    }

    /// <summary>Requests that a node answered with an error; nothing else is told to a user.</summary>
    public IReadOnlyList<ControllerEvent> Refusals => [.. Events.Where(static one => one is { Kind: ControllerEventKind.Request, Status: not null, IsDone: false })];

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        await _loops;
        foreach (var line in _lines)
        {
            line.Dispose();
        }

        _stop.Dispose();
        GC.SuppressFinalize(this);
    }

    private static TaskCompletionSource NewSignal() => new(TaskCreationOptions.RunContinuationsAsynchronously);

    private void Note(ControllerEvent one)
    {
        TaskCompletionSource change;
        lock (_gate)
        {
            _events.Add(one);
            (change, _change) = (_change, NewSignal());
        }

        change.SetResult();
    }

    private void Note(ControllerEventKind kind, NodeLine line) => Note(new ControllerEvent(LabClock.Now, kind, line.Node.Name));
}
