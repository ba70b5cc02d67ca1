using Loxi.TestKit.Processes;
using Loxi.TestKit.Topology;

namespace Loxi.Lab;

/// <summary>Holds a standard lab up for somebody to look around in.</summary>
internal static class UpCommand
{
    internal static async Task<int> RunAsync(string[] args)
    {
        var arguments = new CommandArguments(args, "--endpoints", "--vlan", "--router", "--keep");
        await using var lab = await StandardLab.CreateAsync(new()
        {
            Endpoints = arguments.Integer("--endpoints", 3, 1, 9),
            Vlan = arguments.Has("--vlan") ? arguments.Integer("--vlan", 0, 1, 4094) : null,
            VlanAtNode = arguments.Has("--vlan"),
            ClientRouter = arguments.Has("--router"),
            Keep = arguments.Has("--keep"),
        });
        _ = await LabServers.StartHttpAsync(lab, 80);
        var end = Termination.WaitAsync();
        await Console.Out.WriteLineAsync($"ready {lab.Lab.Id}");
        if (!lab.Options.Keep)
        {
            await end;
        }

        return 0;
    }
}
