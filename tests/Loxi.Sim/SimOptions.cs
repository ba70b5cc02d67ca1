using System.Globalization;
using Loxi.Ha.Roles;
using Loxi.Sim.Checking;

namespace Loxi.Sim;

/// <summary>What the command line says.</summary>
internal sealed record SimOptions
{
    public bool Help { get; private init; }

    public ulong? Seed { get; private init; }

    public int Seeds { get; private init; } = 10_000;

    public ulong From { get; private init; }

    /// <summary>How many random walks of the model checker.</summary>
    public ulong? Walks { get; private init; }

    /// <summary>How many nodes the model checker has; <see langword="null"/> when it does not run.</summary>
    public int? Check { get; private init; }

    /// <summary>The constants of the model checker's cores.</summary>
    public ModelTimes Times { get; private init; } = ModelTimes.Product;

    /// <summary>To which depth; <see langword="null"/> for all states.</summary>
    public int? Depth { get; private init; }

    /// <summary>How many events a run of the model checker has at most.</summary>
    public int Faults { get; private init; } = int.MaxValue;

    /// <summary>What can happen beside crashes, pauses and broken links.</summary>
    public ModelEvents Events { get; private init; }

    /// <summary>The file that remembers how far <see cref="Seeds"/> are done.</summary>
    public string? Progress { get; private init; }

    public bool Stop { get; private init; }

    public RoleRules Rules { get; private init; } = RoleRules.All;

    public SimSwitches Switches { get; private init; }

    public static SimOptions? Parse(string[] arguments, out string error)
    {
        var options = new SimOptions();
        error = "";
        for (var i = 0; i < arguments.Length; i++)
        {
            var name = arguments[i];
            if (name is "--help" or "-h")
            {
                return options with { Help = true };
            }

            if (name == "--stop")
            {
                options = options with { Stop = true };
                continue;
            }

            var value = i + 1 < arguments.Length ? arguments[++i] : "";
            var changed = options.With(name, value);
            if (changed is null)
            {
                error = $"loxi-sim: {name} '{value}': expected one of the options below with a value";
                return null;
            }

            options = changed;
        }

        return options;
    }

    private SimOptions? With(string name, string value) => name switch
    {
        "--seed" when ulong.TryParse(value, CultureInfo.InvariantCulture, out var seed) => this with { Seed = seed },
        "--seeds" when int.TryParse(value, CultureInfo.InvariantCulture, out var count) && count > 0 => this with { Seeds = count },
        "--from" when ulong.TryParse(value, CultureInfo.InvariantCulture, out var from) => this with { From = from },
        "--walks" when ulong.TryParse(value, CultureInfo.InvariantCulture, out var walks) && walks > 0 => this with { Walks = walks },
        "--check" when int.TryParse(value, CultureInfo.InvariantCulture, out var nodes) && nodes is (2 or 3) => this with { Check = nodes },
        "--depth" when int.TryParse(value, CultureInfo.InvariantCulture, out var depth) && depth > 0 => this with { Depth = depth },
        "--faults" when int.TryParse(value, CultureInfo.InvariantCulture, out var faults) && faults > 0 => this with { Faults = faults },
        "--times" when value is "product" or "short" => this with { Times = value == "short" ? ModelTimes.Short : ModelTimes.Product },
        "--events" when Enum.TryParse<ModelEvents>(value, out var events) => this with { Events = events },
        "--progress" when value.Length > 0 => this with { Progress = value },
        "--without" when Enum.TryParse<RoleRules>(value, out var rules) => this with { Rules = RoleRules.All & ~rules },
        "--switch" when Enum.TryParse<SimSwitches>(value, out var switches) => this with { Switches = switches },
        _ => null,
    };
}
