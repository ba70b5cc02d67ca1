using System.Globalization;
using Loxi.Benchmarks.Interop;
using Loxi.TestKit.Processes;
using Loxi.TestKit.Topology;

namespace Loxi.Benchmarks.Bfd;

/// <summary>Loxi.Bfd in a small program, alone or beside the memory and the garbage of a node that is full.</summary>
internal sealed class LoxiProgram(LabHost host, BfdSetting setting, bool underPressure = false, int priority = 0) : IDaemon
{
    private LabProcess? _process;

    public string Name => underPressure ? "loxi, full heap" : "loxi";

    public IReadOnlyList<int> Pids => _process is null ? [] : [_process.Pid];

    public async Task StartAsync()
    {
        string[] peers = [.. Enumerable.Range(0, setting.Sessions).SelectMany(static i => new[] { "--peer", $"{BfdPair.Peer(i)},{BfdPair.Own(i)}" })];
        string[] arguments =
        [
            "bfd", .. peers, "--interface", BfdPair.Device,
            "--interval", (setting.Milliseconds * 1000).ToString(CultureInfo.InvariantCulture),
            "--multiplier", BfdSetting.Multiplier.ToString(CultureInfo.InvariantCulture),
            "--priority", priority.ToString(CultureInfo.InvariantCulture),
            .. underPressure ? (string[])["--pressure"] : [],
        ];
        _process = host.Start("loxi-lab", LabPrograms.Lab, arguments);
        await _process.WaitForLineAsync("ready", TimeSpan.FromMinutes(1));
    }

    public async Task StopAsync()
    {
        if (_process is not null)
        {
            await _process.StopAsync();
            _process = null;
        }
    }
}
