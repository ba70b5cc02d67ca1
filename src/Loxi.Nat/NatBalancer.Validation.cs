using Loxi.Core;
using Loxi.Core.Services;

namespace Loxi.Nat;

/// <summary>Finding all that is wrong with a change of the services before anything is written.</summary>
public sealed partial class NatBalancer
{
    private void Validate(int count, ServiceModelDifference difference)
    {
        var services = ServiceModel.Create(difference.Added.Concat(difference.Changed.Select(c => c.To)));
        var problems = ServiceValidator.Validate(services);
        if (count > ServiceLimits.Services && services.Count <= ServiceLimits.Services)
        {
            problems = problems.Insert(0, Problem.Of("lbAttr", count, $"at most {ServiceLimits.Services} services"));
        }

        if (problems.IsEmpty)
        {
            problems = [.. services.SelectMany(s => SupportedFunctions.Check(s))];
        }

        if (problems.IsEmpty)
        {
            problems = [.. services.SelectMany(s => SourcePoolValidator.Validate(s, SourcePools)), .. CheckRanges(difference), .. CheckBlocks(services)];
        }

        if (!problems.IsEmpty)
        {
            throw new InvalidServicesException(problems);
        }
    }

    /// <summary>A packet finds the longest prefix of its port: of two ranges that overlap, none would be there as it was asked for.</summary>
    private IEnumerable<Problem> CheckRanges(ServiceModelDifference difference)
    {
        var removed = difference.Removed.Select(static s => s.Key).ToHashSet();
        var ranges = difference.Added.Select(static s => s.Key).Where(static k => k.PortMax > k.Port);
        foreach (var space in ranges.GroupBy(static k => (k.Vip, k.Protocol, k.Block)))
        {
            ServiceKey? furthest = null;
            foreach (var key in space.OrderBy(static k => k.Port))
            {
                if ((furthest?.PortMax >= key.Port ? furthest : _tables.FindOverlap(key, removed)) is { } other)
                {
                    yield return Problem.Of(ServiceFields.PortMax, $"{key.Port}-{key.PortMax}", $"no port in common with {other}");
                }

                furthest = furthest?.PortMax > key.PortMax ? furthest : key;
            }
        }
    }

    private IEnumerable<Problem> CheckBlocks(ServiceModel services)
    {
        var blocks = services.Where(static s => s.Key.Block != 0).Select(static s => s.Key.Block).ToArray();
        return blocks.Length == 0 || _blocks.TryUseBlocks(out var name) ? []
            : blocks.Select(block => Problem.Of(ServiceFields.Block, block, $"0 while interface {name} carries XDP"));
    }
}
