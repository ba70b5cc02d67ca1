using System.Globalization;
using Loxi.Benchmarks.Interop;
using Loxi.TestKit.Peers;
using Loxi.TestKit.Topology;

namespace Loxi.Benchmarks.Bfd;

/// <summary>BIRD's BFD protocol. Also the peer of all that is measured.</summary>
internal sealed class BirdProgram(LabHost host, BfdSetting setting, Func<int, string> own, Func<int, string> peer) : IDaemon
{
    private readonly BirdPeer _bird = new(host);

    public string Name => "bird";

    public IReadOnlyList<int> Pids => [.. _bird.Running.Select(static process => process.Pid)];

    public Task StartAsync()
    {
        var neighbours = Enumerable.Range(0, setting.Sessions).Select(i => $"neighbor {peer(i)} dev \"{BfdPair.Device}\" local {own(i)};");
        _bird.Configure(string.Create(CultureInfo.InvariantCulture, $$"""
            protocol bfd {
              interface "{{BfdPair.Device}}" { interval {{setting.Milliseconds}} ms; multiplier {{BfdSetting.Multiplier}}; };
              {{string.Join('\n', neighbours)}}
            }
            """));
        return _bird.StartAsync();
    }

    public Task StopAsync() => _bird.StopAsync();

    internal void Signal(int signal)
    {
        foreach (var process in _bird.Running)
        {
            process.Signal(signal);
        }
    }
}
