using System.Collections.Immutable;
using System.Net;
using Loxi.Core;
using Loxi.Core.Roles;
using Loxi.Core.Services;

namespace Loxi.Ha.Announce;

/// <summary>What must hold for declared groups.</summary>
internal static class AnnouncementValidator
{
    private const int LongestInterface = 15;

    internal static ImmutableArray<Problem> Check(ImmutableArray<AnnouncedGroup> groups)
    {
        var problems = ImmutableArray.CreateBuilder<Problem>();
        var names = new HashSet<string>();
        var addresses = new Dictionary<IPAddress, string>();
        if (groups.Length > AnnouncerLimits.Groups)
        {
            problems.Add(Problem.Of("groups", $"{groups.Length} groups", $"at most {AnnouncerLimits.Groups}"));
        }

        for (var i = 0; i < groups.Length; i++)
        {
            var group = groups[i];
            if (!NameRules.IsValid(group.Name))
            {
                problems.Add(Problem.Of($"groups[{i}].name", group.Name, NameRules.Expected));
            }
            else if (!names.Add(VipGroups.Resolve(group.Name)))
            {
                problems.Add(Problem.Of($"groups[{i}].name", group.Name, "a name that no other group has"));
            }

            for (var j = 0; j < group.Addresses.Length; j++)
            {
                CheckAddress($"groups[{i}].addresses[{j}]", group.Addresses[j], addresses, problems);
            }

            problems.AddRange(group.Withheld
                .Where(withheld => !group.Addresses.Any(a => a.Address.Equals(withheld)))
                .Select(withheld => Problem.Of($"groups[{i}].withheld", withheld, "an address of the group")));
        }

        if (addresses.Count > AnnouncerLimits.Addresses)
        {
            problems.Add(Problem.Of("groups", $"{addresses.Count} addresses", $"at most {AnnouncerLimits.Addresses} in all groups"));
        }

        return problems.ToImmutable();
    }

    internal static ImmutableArray<Problem> CheckInterfaces(ImmutableArray<AnnouncedGroup> groups, LinkView view)
    {
        var problems = ImmutableArray.CreateBuilder<Problem>();
        for (var i = 0; i < groups.Length; i++)
        {
            for (var j = 0; j < groups[i].Addresses.Length; j++)
            {
                if (groups[i].Addresses[j] is { Placement: AddressPlacement.Interface, Interface: { } name } && view.Find(name) is null)
                {
                    problems.Add(Problem.Of($"groups[{i}].addresses[{j}].interface", name, "an interface of this machine"));
                }
            }
        }

        return problems.ToImmutable();
    }

    private static void CheckAddress(string path, AnnouncedAddress address, Dictionary<IPAddress, string> known, ImmutableArray<Problem>.Builder problems)
    {
        if (!AddressRules.IsUsable(address.Address))
        {
            problems.Add(Problem.Of($"{path}.address", address.Address, AddressRules.Usable));
        }
        else if (!known.TryAdd(address.Address, path))
        {
            problems.Add(Problem.Of($"{path}.address", address.Address, $"an address that is not declared before: {known[address.Address]} is the same"));
        }

        var hasInterface = !string.IsNullOrEmpty(address.Interface);
        switch (address.Placement)
        {
            case AddressPlacement.Interface when !hasInterface || address.Interface!.Length > LongestInterface:
                problems.Add(Problem.Of($"{path}.interface", address.Interface, $"the name of an interface, 1 to {LongestInterface} characters, since the address is placed on one"));
                break;
            case AddressPlacement.Routed or AddressPlacement.Owned when hasInterface:
                problems.Add(Problem.Of($"{path}.interface", address.Interface, "none, since the address is not placed on an interface"));
                break;
            case AddressPlacement.Interface or AddressPlacement.Routed or AddressPlacement.Owned:
                break;
            default:
                problems.Add(Problem.Of($"{path}.placement", address.Placement, "Interface, Routed or Owned"));
                break;
        }
    }
}
