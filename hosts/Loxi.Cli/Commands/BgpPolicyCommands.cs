using System.CommandLine;
using Loxi.Api;
using Loxi.Api.Wire;
using Loxi.Cli.Arguments;
using Loxi.Cli.Output;
using Loxi.Cli.Session;

namespace Loxi.Cli.Commands;

/// <summary><c>create|get|delete bgppolicy</c>, and <c>create|delete bgppolicyapply</c>.</summary>
internal sealed class BgpPolicyCommands
{
    private const string Name = "bgppolicy";
    private const string ApplyName = "bgppolicyapply";

    public static Command Create(CommandRunner runner)
    {
        var name = new Argument<string>("name") { Description = "Name of the policy." };
        var file = new Option<string>("--file") { Description = "A file with its statements: the JSON that POST .../bgp/policy/definitions takes; the name in it has no effect.", HelpName = "path", Required = true };
        var command = new Command(Name, "Create a BGP policy, or take the place of the one of this name.") { name, file };
        runner.Attach(command, async (session, parse, cancellationToken) =>
        {
            var policy = BgpArguments.ReadDocument(parse.GetRequiredValue(file), runner.Environment, LoxiJson.BgpPolicyDefinition) with { Name = parse.GetRequiredValue(name) };
            await session.Client.PutBgpPolicyAsync(policy, cancellationToken);
            await runner.Environment.Output.WriteLineAsync($"{Name} {policy.Name} created");
        });
        return command;
    }

    public static Command Get(CommandRunner runner)
    {
        var name = new Argument<string?>("name") { Description = "Only this policy.", Arity = ArgumentArity.ZeroOrOne };
        var command = new Command(Name, "Show BGP policies; -o json shows all that they do.") { name };
        new OutputOptions().Attach(command, runner, async (session, parse, view, cancellationToken) =>
        {
            var wanted = parse.GetValue(name);
            var policies = (await session.Client.ListBgpPoliciesAsync(cancellationToken)).Where(p => wanted is null || p.Name == wanted).ToList();
            if (policies.Count == 0 && wanted is not null)
            {
                throw new CliException(ExitCode.NotFound, $"no BGP policy '{wanted}'");
            }

            if (!view.TryWriteDocument(element => wanted is null || (element.TryGetProperty("name", out var member) && member.GetString() == wanted)))
            {
                Show(policies, view.Screen);
            }
        });
        return command;
    }

    public static Command Delete(CommandRunner runner)
    {
        var name = new Argument<string>("name") { Description = "Name of the policy." };
        var command = new Command(Name, "Delete a BGP policy that no peer uses.") { name };
        runner.Attach(command, async (session, parse, cancellationToken) =>
        {
            var policy = parse.GetRequiredValue(name);
            if (!await session.Client.DeleteBgpPolicyAsync(policy, cancellationToken))
            {
                throw new CliException(ExitCode.NotFound, $"no BGP policy '{policy}'");
            }

            await runner.Environment.Output.WriteLineAsync($"{Name} {policy} deleted");
        });
        return command;
    }

    /// <summary><c>create bgppolicyapply PEER import|export NAME,...</c>, or <c>delete</c>.</summary>
    public static Command Apply(CommandRunner runner, bool isRemoval)
    {
        string[] types = ["import", "export"];
        var peer = BgpArguments.Peer(ArgumentArity.ExactlyOne);
        var type = new Argument<string>("import|export") { Description = "import: routes from the peer; export: routes to it." };
        type.AcceptOnlyFromAmong(types);
        var names = new Argument<string[]>("policy")
        {
            Description = isRemoval ? "Names of policies; none: all." : "Names of policies, in order.",
            Arity = isRemoval ? ArgumentArity.ZeroOrMore : ArgumentArity.OneOrMore,
        };
        var action = OptionFactory.Single<string?>(
            "--default", "accept|reject|auto", "What becomes of a route that no policy decides on.", "accept, reject or auto", static (string text, out string? value) => (value = text) is "accept" or "reject" or "auto");
        var link = BgpOptions.Interface();
        var command = new Command(ApplyName, isRemoval ? "Let routes pass policies no longer." : "Let routes from or to a BGP peer pass policies.") { peer, type, names, link };
        if (!isRemoval)
        {
            command.Add(action);
        }

        runner.Attach(command, async (session, parse, cancellationToken) =>
        {
            var address = parse.GetRequiredValue(peer)!;
            var application = new BgpPolicyApplication
            {
                IPAddress = address.ToString(),
                PolicyType = parse.GetRequiredValue(type),
                Policies = [.. (parse.GetValue(names) ?? []).SelectMany(static n => n.Split(','))],
                RouteAction = isRemoval ? null : parse.GetValue(action),
                Interface = parse.GetValue(link),
            };
            await session.Client.ApplyBgpPolicyAsync(application, isRemoval, cancellationToken);
            await runner.Environment.Output.WriteLineAsync($"{ApplyName} {address} {application.PolicyType} {(isRemoval ? "deleted" : "created")}");
        });
        return command;
    }

    private static void Show(IEnumerable<BgpPolicyDefinition> policies, Screen screen)
    {
        var table = screen.Table("NAME", "STATEMENT", "PREFIXES", "PEERS", "DECISION", "MED", "LOCAL PREF#", "NEXT HOP");
        foreach (var policy in policies)
        {
            foreach (var statement in policy.Statements is { Count: > 0 } statements ? statements : [null])
            {
                Screen.AddRow(
                    table,
                    [policy.Name, statement?.Name, statement?.Conditions?.PrefixSet?.PrefixSet, statement?.Conditions?.NeighborSet?.NeighborSet, statement?.Actions?.Disposition,
                     statement?.Actions?.Attributes?.Med, statement?.Actions?.Attributes?.LocalPreference, statement?.Actions?.Attributes?.NextHop]);
            }
        }

        screen.Write(table);
    }
}
