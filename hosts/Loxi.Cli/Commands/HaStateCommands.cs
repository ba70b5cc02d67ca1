using System.CommandLine;
using Loxi.Api.Wire;
using Loxi.Cli.Output;
using Loxi.Cli.Session;

namespace Loxi.Cli.Commands;

/// <summary><c>get hastate</c>, as loxicmd has it, and <c>set hastate</c>.</summary>
internal static class HaStateCommands
{
    private const string Name = "hastate";

    public static Command Get(CommandRunner runner)
    {
        var command = new Command(Name, "Show the role of the node in each VIP group.");
        new OutputOptions().Attach(command, runner, static async (session, _, view, cancellationToken) =>
        {
            var states = await session.Client.ListClusterStatesAsync(cancellationToken);
            if (view.TryWriteDocument())
            {
                return;
            }

            var table = view.Screen.Table("INSTANCE", "STATE", "VIP");
            foreach (var state in states)
            {
                Screen.AddRow(table, [state.Instance, state.State, state.Vip]);
            }

            view.Screen.Write(table);
        });
        return command;
    }

    public static Command Set(CommandRunner runner)
    {
        var role = new Argument<string>("role") { Description = "The role." };
        role.AcceptOnlyFromAmong("MASTER", "BACKUP", "FAULT", "STOP", "NOT_DEFINED");
        var instance = BfdOptions.Instance();
        var command = new Command(Name, "Set the role of the node in a VIP group, as a controller does. From the first time on, a group without a role announces nothing.") { role, instance };
        runner.Attach(command, async (session, parse, cancellationToken) =>
        {
            var state = new ClusterState { Instance = parse.GetValue(instance) ?? Core.Services.VipGroups.Default, State = parse.GetRequiredValue(role), Vip = "0.0.0.0" };
            await session.Client.SetClusterStateAsync(state, cancellationToken);
            await runner.Environment.Output.WriteLineAsync($"{Name} {state.Instance} {state.State}");
        });
        return command;
    }
}
