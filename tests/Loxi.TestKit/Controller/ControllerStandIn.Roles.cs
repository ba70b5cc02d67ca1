using System.Text.Json;

namespace Loxi.TestKit.Controller;

/// <summary>Who lives, who is master, and what a node is told.</summary>
public sealed partial class ControllerStandIn
{
    private async Task BeginAsync()
    {
        var alive = await Task.WhenAll(_lines.Select(line => line.CheckAsync(_stop.Token)));
        Task told;
        lock (_gate)
        {
            for (var i = 0; i < alive.Length; i++)
            {
                _lines[i].IsAlive = alive[i];
                Note(alive[i] ? ControllerEventKind.Alive : ControllerEventKind.Dead, _lines[i]);
            }

            var living = Shuffled(_lines.Where(static line => line.IsAlive));
            if (_options.SetRoles && living.Count > 0)
            {
                _master = living[0];
                Note(ControllerEventKind.Elected, _master);
            }

            told = Task.WhenAll(living.SelectMany(line => Configuration(line).Select(line.Put)));
        }

        _loops = Task.WhenAll([TickAsync(), .. _lines.Select(WatchAsync), .. _lines.Select(line => line.SendAllAsync(() => OnHealth(line, false), _stop.Token))]);
        await told;
    }

    private async Task WatchAsync(NodeLine line)
    {
        TimeSpan first;
        lock (_gate)
        {
            first = _options.HealthPeriod * _random.NextDouble();
        }

        try
        {
            await Task.Delay(first, _stop.Token);
            using var timer = new PeriodicTimer(_options.HealthPeriod);
            do
            {
                OnHealth(line, await line.CheckAsync(_stop.Token));
            }
            while (await timer.WaitForNextTickAsync(_stop.Token));
        }
        catch (OperationCanceledException) when (_stop.IsCancellationRequested)
        {
            // It is over.
        }
    }

    private async Task TickAsync()
    {
        try
        {
            using var timer = new PeriodicTimer(_options.Ticker);
            while (await timer.WaitForNextTickAsync(_stop.Token))
            {
                lock (_gate)
                {
                    if (_elects)
                    {
                        Elect();
                    }
                }
            }
        }
        catch (OperationCanceledException) when (_stop.IsCancellationRequested)
        {
            // It is over.
        }
    }

    private void OnHealth(NodeLine line, bool isAlive)
    {
        lock (_gate)
        {
            if (isAlive == line.IsAlive)
            {
                return;
            }

            line.IsAlive = isAlive;
            Note(isAlive ? ControllerEventKind.Alive : ControllerEventKind.Dead, line);
            if (isAlive)
            {
                Return(line);
            }
            else
            {
                Die(line);
            }
        }
    }

    private void Die(NodeLine line)
    {
        line.Forget();
        if (line != _master)
        {
            return;
        }

        _elects = true;
        if (_options.Election == ElectionTiming.AtOnce || (_options.Election == ElectionTiming.InTurn && _deaths++ % 2 == 0))
        {
            Elect();
        }
    }

    private void Return(NodeLine line)
    {
        if (_options.SetRoles && (_master is null || _master == line))
        {
            // Nobody was elected meanwhile: it is the master still.
            _master = line;
            _elects = false;
            Note(ControllerEventKind.Elected, line);
        }

        foreach (var request in Configuration(line))
        {
            _ = line.Put(request);
        }

        if (_options.Bgp is { Mesh: true } bgp)
        {
            foreach (var other in _lines.Where(other => other != line && other.IsAlive))
            {
                _ = other.Put(Neighbour(bgp, line));
            }
        }
    }

    /// <summary>Another one becomes master, when one lives. Nobody tells the old one: it is dead.</summary>
    private void Elect()
    {
        var living = Shuffled(_lines.Where(line => line.IsAlive && line != _master));
        if (living.Count == 0)
        {
            return;
        }

        (_master, _elects) = (living[0], false);
        Note(ControllerEventKind.Elected, _master);
        foreach (var line in living)
        {
            _ = line.Put(Role(line));
        }
    }

    /// <summary>Everything that a node is told, in the recorded order: role, BGP, neighbours, services.</summary>
    private List<NodeRequest> Configuration(NodeLine line)
    {
        List<NodeRequest> requests = [];
        if (_options.SetRoles)
        {
            requests.Add(Role(line));
        }

        if (_options.Bgp is { } bgp)
        {
            requests.Add(Post("config/bgp/global", new { localAs = bgp.LocalAs, routerId = line.Node.Address, setNextHopSelf = true, listenPort = bgp.ListenPort }));
            if (bgp.Mesh)
            {
                requests.AddRange(_lines.Where(other => other != line && other.IsAlive).Select(other => Neighbour(bgp, other)));
            }

            requests.AddRange(bgp.ExternalPeers.Select(peer => bgp.MultiHop
                ? Post("config/bgp/neigh", new { ipAddress = peer.Address, remoteAs = peer.As, remotePort = 179, setMultiHop = true })
                : Post("config/bgp/neigh", new { ipAddress = peer.Address, remoteAs = peer.As, remotePort = 179 })));
        }

        requests.AddRange(Services());
        return _options.AnyOrder ? Shuffled(requests) : requests;
    }

    private IEnumerable<NodeRequest> Services() => _services.Select(Post);

    private NodeRequest Post(ControllerService service) => new(HttpMethod.Post, "config/loadbalancer", service.ToJson(_options.Instance));

    private NodeRequest Role(NodeLine line) => Post("config/cistate", new { instance = _options.Instance, state = line == _master ? "MASTER" : "BACKUP", vip = _options.RoleVip });

    private static NodeRequest Neighbour(ControllerBgp bgp, NodeLine other)
        => Post("config/bgp/neigh", new { ipAddress = other.Node.Address, remoteAs = bgp.LocalAs, remotePort = bgp.ListenPort });

    private static NodeRequest Post<T>(string path, T body) => new(HttpMethod.Post, path, JsonSerializer.Serialize(body));

    private Task TellAll(NodeRequest request) => Task.WhenAll(Shuffled(_lines.Where(static line => line.IsAlive)).Select(line => line.Put(request)));

    private List<T> Shuffled<T>(IEnumerable<T> items)
    {
        var array = items.ToArray();
        _random.Shuffle(array);
        return [.. array];
    }
}
