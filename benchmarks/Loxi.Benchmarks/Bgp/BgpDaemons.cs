using System.Globalization;
using Loxi.Benchmarks.Interop;
using Loxi.TestKit.Peers;
using Loxi.TestKit.Processes;
using Loxi.TestKit.Topology;

namespace Loxi.Benchmarks.Bgp;

/// <summary>The speakers that are compared: each takes all that the injector tells, tells it to the observer, and keeps it out of the kernel.</summary>
internal static class BgpDaemons
{
    internal const uint OwnAs = 65_001;
    internal const uint InjectorAs = 65_002;
    internal const uint ObserverAs = 65_003;

    internal static readonly string[] Names = ["loxi", "bird", "frr", "openbgpd", "gobgp"];

    internal static IDaemon Make(string name, LabHost host) => name switch
    {
        "bird" => new Bird(host),
        "frr" => new Frr(host),
        "gobgp" => new GoBgp(host),
        "openbgpd" => new OpenBgp(host, Peers),
        _ => new Loxi(host),
    };

    private static IEnumerable<(string Address, uint As)> Peers => [(BgpFeedLab.Injector, InjectorAs), (BgpFeedLab.Observer, ObserverAs)];

    private static string Text(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);

    private sealed class Loxi(LabHost host) : IDaemon
    {
        private LabProcess? _process;

        public string Name => "loxi";

        public IReadOnlyList<int> Pids => _process is null ? [] : [_process.Pid];

        public async Task StartAsync()
        {
            string[] peers = [.. Peers.SelectMany(static peer => new[] { "--peer", Text($"{peer.Address},{peer.As}") })];
            _process = host.Start("loxi-lab", LabPrograms.Lab, ["bgp", "--as", Text($"{OwnAs}"), "--router-id", BgpFeedLab.Own, .. peers, "--pass-on"]);
            await _process.WaitForLineAsync("ready", TimeSpan.FromMinutes(1));
        }

        public async Task StopAsync()
        {
            if (_process is not null)
            {
                await _process.StopAsync();
            }
        }
    }

    private sealed class Bird(LabHost host) : IDaemon
    {
        private readonly BirdPeer _bird = new(host);

        public string Name => "bird";

        public IReadOnlyList<int> Pids => [.. _bird.Running.Select(static process => process.Pid)];

        public Task StartAsync()
        {
            _bird.Configure(string.Concat(Peers.Select(static (peer, i) => Text($$"""
                protocol bgp p{{i}} {
                  local {{BgpFeedLab.Own}} as {{OwnAs}};
                  neighbor {{peer.Address}} as {{peer.As}};
                  passive;
                  ipv4 { import all; export all; };
                }

                """))));
            return _bird.StartAsync();
        }

        public Task StopAsync() => _bird.StopAsync();
    }

    private sealed class Frr(LabHost host) : IDaemon
    {
        private readonly FrrPeer _frr = new(host);

        public string Name => "frr";

        public IReadOnlyList<int> Pids => [.. _frr.Running.Where(static process => process.Name == "bgpd").Select(static process => process.Pid)];

        public Task StartAsync()
        {
            var neighbours = string.Concat(Peers.Select(static peer => Text($" neighbor {peer.Address} remote-as {peer.As}\n neighbor {peer.Address} passive\n neighbor {peer.Address} advertisement-interval 0\n")));
            _frr.Configure("bgpd", Text($"router bgp {OwnAs}\n bgp router-id {BgpFeedLab.Own}\n no bgp ebgp-requires-policy\n{neighbours}exit\n"), "-n");
            return _frr.StartAsync();
        }

        public Task StopAsync() => _frr.StopAsync();
    }

    private sealed class GoBgp(LabHost host) : IDaemon
    {
        private readonly GoBgpPeer _gobgp = new(host);

        public string Name => "gobgp";

        public IReadOnlyList<int> Pids => [.. _gobgp.Running.Select(static process => process.Pid)];

        public Task StartAsync()
        {
            var neighbours = string.Concat(Peers.Select(static peer => Text($"""
                [[neighbors]]
                  [neighbors.config]
                    neighbor-address = "{peer.Address}"
                    peer-as = {peer.As}
                  [neighbors.transport.config]
                    passive-mode = true
                  [neighbors.timers.config]
                    idle-hold-time-after-reset = 1

                """)));
            _gobgp.Configure(Text($"[global.config]\n  as = {OwnAs}\n  router-id = \"{BgpFeedLab.Own}\"\n{neighbours}"));
            return _gobgp.StartAsync();
        }

        public Task StopAsync() => _gobgp.StopAsync();
    }
}
