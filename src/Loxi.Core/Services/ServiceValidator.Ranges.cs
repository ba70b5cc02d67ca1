using System.Collections.Immutable;

namespace Loxi.Core.Services;

/// <content>Port ranges of a model.</content>
public static partial class ServiceValidator
{
    /// <summary>
    /// Checks that no two port ranges of the same address, protocol and block have a port in common. A service with a single port may lie
    /// in a range: it gets the connections to its port.
    /// </summary>
    /// <param name="model">The model.</param>
    /// <returns>One problem for each range that begins in an earlier one, its field preceded by the service's key; empty when there is none.</returns>
    /// <exception cref="ArgumentNullException"><paramref name="model"/> is null.</exception>
    public static ImmutableArray<Problem> ValidateRanges(ServiceModel model)
    {
        ArgumentNullException.ThrowIfNull(model);
        var problems = ImmutableArray.CreateBuilder<Problem>();
        // Of the same address, protocol, block and host: in the order of their first ports, so that what overlaps is beside each other.
        var ranges = model.Keys.Where(static key => key.PortMax > key.Port).GroupBy(static key => (key.Vip, key.Protocol, key.Block, key.Host));
        foreach (var group in ranges)
        {
            ServiceKey? widest = null;
            foreach (var key in group.OrderBy(static key => key.Port).ThenBy(static key => key.PortMax))
            {
                if (widest is not null && key.Port <= widest.PortMax)
                {
                    problems.Add(Overlap(key, widest).Within($"{key}: "));
                }

                widest = widest is null || key.PortMax > widest.PortMax ? key : widest;
            }
        }

        return problems.DrainToImmutable();
    }

    /// <summary>Checks that the port range of a service has no port in common with a range of another one.</summary>
    /// <param name="key">The key of the service; a single port is always right.</param>
    /// <param name="others">The services beside it; one of the same key does not count.</param>
    /// <returns>One problem for each range that it overlaps with; empty when there is none.</returns>
    /// <exception cref="ArgumentNullException">A parameter is null.</exception>
    public static ImmutableArray<Problem> ValidateRange(ServiceKey key, ServiceModel others)
    {
        ArgumentNullException.ThrowIfNull(key);
        ArgumentNullException.ThrowIfNull(others);
        return key.PortMax <= key.Port ? [] :
        [
            .. others.Keys
                .Where(other => other.PortMax > other.Port && key.Port <= other.PortMax && other.Port <= key.PortMax
                    && key.Protocol == other.Protocol && key.Block == other.Block && key.Host == other.Host && key.Vip.Equals(other.Vip) && key != other)
                .Order().Select(other => Overlap(key, other)),
        ];
    }

    private static Problem Overlap(ServiceKey key, ServiceKey other) =>
        Problem.Of(ServiceFields.PortMax, $"{key.Port}-{key.PortMax}", $"no port of the range {other.Port}-{other.PortMax} of another service");
}
