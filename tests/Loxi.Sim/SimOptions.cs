using System.Globalization;
using Loxi.Ha.Roles;

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
        "--without" when Enum.TryParse<RoleRules>(value, out var rules) => this with { Rules = RoleRules.All & ~rules },
        "--switch" when Enum.TryParse<SimSwitches>(value, out var switches) => this with { Switches = switches },
        _ => null,
    };
}
