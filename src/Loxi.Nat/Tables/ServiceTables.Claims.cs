using System.Net;
using Loxi.Core.Services;

namespace Loxi.Nat.Tables;

/// <summary>What a service claims beside its endpoints: a VIP group, its VIP, a source address of its own.</summary>
internal sealed partial class ServiceTables
{
    private ServiceClaim Claim(Service service)
    {
        var group = Groups.Take(service.VipGroup);
        var claim = new ServiceClaim(service.VipGroup, group, PrivateAddressOf(service));
        try
        {
            Count(service.Key, claim with { PrivateAddress = null }, add: true);
        }
        catch
        {
            // What could not be written has been counted all the same.
            Unclaim(service.Key, claim with { PrivateAddress = null });
            throw;
        }

        try
        {
            CountSource(claim, add: true);
            return claim;
        }
        catch
        {
            Unclaim(service.Key, claim);
            throw;
        }
    }

    private void Unclaim(ServiceKey key, ServiceClaim claim)
    {
        Count(key, claim, add: false);
        if (claim.GroupName is { } name)
        {
            Groups.Release(name);
        }
    }

    /// <summary>Gives up what the service claims now, for another claim that it has already.</summary>
    private void Unclaim(ServiceSlot slot, ServiceClaim? back)
    {
        if (slot.Claim is { } claim && !ReferenceEquals(claim, back))
        {
            Unclaim(slot.Key, claim);
        }

        slot.Claim = back;
    }

    private void Count(ServiceKey key, ServiceClaim claim, bool add)
    {
        // Every address of the node is meant, and those are known as such.
        if (!IsUnspecified(key.Vip))
        {
            Action<IPAddress, byte> vip = add ? Addresses.AddVip : Addresses.RemoveVip;
            vip(key.Vip, claim.Group);
        }

        CountSource(claim, add);
    }

    private void CountSource(ServiceClaim claim, bool add)
    {
        if (claim.PrivateAddress is { } address)
        {
            Action<IPAddress, byte> source = add ? Addresses.AddSource : Addresses.RemoveSource;
            source(address, claim.Group);
        }
    }

    private static IPAddress? PrivateAddressOf(Service service) =>
        service.Mode == NatMode.FullNat && service.SourcePool is null && !service.Key.Vip.Equals(service.PrivateAddress) ? service.PrivateAddress : null;

    private static bool IsUnspecified(IPAddress address) => address.Equals(IPAddress.Any) || address.Equals(IPAddress.IPv6Any);
}
