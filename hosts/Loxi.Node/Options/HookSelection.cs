using System.Collections.Immutable;
using System.Diagnostics.CodeAnalysis;
using Loxi.Core;
using Loxi.Nat.Interfaces;

namespace Loxi.Node.Options;

/// <summary>The value of <c>--hook MODE[,IFNAME=MODE…]</c>.</summary>
/// <param name="Default">The mode of interfaces that are not named.</param>
/// <param name="ByInterface">The mode of those that are.</param>
internal sealed record HookSelection(HookMode Default, ImmutableDictionary<string, HookMode> ByInterface)
{
    private const string Expected = "MODE[,IFNAME=MODE...] with MODE auto, xdp or tc and each IFNAME once";

    /// <summary>The value when the flag is not given.</summary>
    public static HookSelection Auto { get; } = new(HookMode.Auto, ImmutableDictionary<string, HookMode>.Empty);

    public HookMode ModeOf(string interfaceName) => ByInterface.GetValueOrDefault(interfaceName, Default);

    public static bool TryParse(string text, [NotNullWhen(true)] out HookSelection? selection, [NotNullWhen(false)] out Problem? problem)
    {
        selection = null;
        var parts = text.Split(',');
        if (!TryParseMode(parts[0], out var mode))
        {
            problem = Problem.Of("--hook", text, Expected);
            return false;
        }

        var modes = ImmutableDictionary.CreateBuilder<string, HookMode>(StringComparer.Ordinal);
        foreach (var part in parts.AsSpan(1))
        {
            var equals = part.LastIndexOf('=');
            if (equals < 0 || !InterfaceNames.IsValid(part[..equals]) || !TryParseMode(part[(equals + 1)..], out var own) || !Add(modes, part[..equals], own))
            {
                problem = Problem.Of("--hook", text, $"{Expected}; '{part}' is not that");
                return false;
            }
        }

        selection = new HookSelection(mode, modes.ToImmutable());
        problem = null;
        return true;
    }

    private static bool Add(ImmutableDictionary<string, HookMode>.Builder modes, string name, HookMode mode)
    {
        var isNew = !modes.ContainsKey(name);
        modes[name] = mode;
        return isNew;
    }

    private static bool TryParseMode(string text, out HookMode mode)
    {
        HookMode? found = text switch
        {
            "auto" => HookMode.Auto,
            "xdp" => HookMode.Xdp,
            "tc" => HookMode.Tc,
            _ => null,
        };
        mode = found ?? HookMode.Auto;
        return found is not null;
    }
}
