using Loxi.Core.Services;
using Loxi.Nat.Health;
using Loxi.Nat.Tables;
using Microsoft.Extensions.Logging;

namespace Loxi.Nat;

/// <summary>A change of the services in the tables: what comes before what goes, and all or nothing.</summary>
public sealed partial class NatBalancer
{
    /// <summary>Whether a change was neither made nor taken back: the tables may have what the model in force has not, and the other way round.</summary>
    private bool _inPart;

    /// <summary>The service that is being changed, where that has not come to its end.</summary>
    private ServiceKey? _inHand;

    private void ApplyDifference(ServiceModel desired, ServiceModelDifference difference)
    {
        var before = Current;
        IReadOnlyCollection<Service> applied = _inPart ? [.. desired] : [.. difference.Added, .. difference.Changed.Select(static c => c.To)];
        var (first, last) = Split(difference.Removed, applied);
        using (_tables.RequireRoom(first, applied, _isHeld))
        {
            try
            {
                ChangeTables(first, applied, last);
                _inPart = false;
            }
            catch (Exception e) when (_tidied || !Adopted)
            {
                TakeBack(before, e);
                throw;
            }
            catch
            {
                // What an earlier process left cannot be put back: what has come stays, and the next model makes it whole.
                _inPart = true;
                throw;
            }
        }

        // The same services: the model that the next change is made from.
        Current = desired;
    }

    /// <summary>
    /// Services go last, where there is room and nothing of theirs is in the way: until then all that came before can be taken back without
    /// any connection that ends.
    /// </summary>
    private (IReadOnlyCollection<Service> First, IReadOnlyCollection<Service> Last) Split(IReadOnlyCollection<Service> removed, IReadOnlyCollection<Service> applied)
    {
        if (removed.Count == 0 || applied.Count == 0)
        {
            return ([], removed);
        }

        if (!_tables.FitBeside(applied, _isHeld))
        {
            return (removed, []);
        }

        var coming = applied.ToLookup(static s => (s.Key.Vip, s.Key.Protocol, s.Key.Block));
        var inTheWay = removed.ToLookup(r => coming[(r.Key.Vip, r.Key.Protocol, r.Key.Block)].Any(s => ServiceTables.AreInTheWay(s.Key, r.Key)));
        return ([.. inTheWay[true]], [.. inTheWay[false]]);
    }

    private void ChangeTables(IEnumerable<Service> first, IReadOnlyCollection<Service> applied, IEnumerable<Service> last)
    {
        var lookAgain = false;
        _inHand = null;
        try
        {
            foreach (var service in first)
            {
                lookAgain |= RemoveOne(service);
            }

            foreach (var service in applied)
            {
                lookAgain |= ApplyOne(service);
            }

            foreach (var service in applied)
            {
                lookAgain |= _tables.RetireOthers(service.Key);
            }

            foreach (var service in last)
            {
                lookAgain |= RemoveOne(service);
            }

            lookAgain |= RemoveUndesired();
        }
        finally
        {
            // Also for those before the one that failed.
            if (lookAgain)
            {
                LookAgain();
            }
        }
    }

    private void TakeBack(ServiceModel before, Exception reason)
    {
        try
        {
            var difference = before.DifferenceFrom(Current);
            List<Service> applied = [.. difference.Added, .. difference.Changed.Select(static c => c.To)];
            if (_inHand is { } key)
            {
                // It may be in part what it was and in part what it should have become.
                if (before.TryGet(key, out var service))
                {
                    applied.Add(service);
                }
                else if (_tables.Remove(key))
                {
                    LookAgain();
                }
            }

            ChangeTables(difference.Removed, applied, []);
        }
        catch (Exception e)
        {
            _inPart = true;
            throw new AggregateException("A change of the services failed, and so did taking it back: they are in force in part.", reason, e);
        }
    }

    /// <summary>What an earlier process or a change that failed has left and the model does not have; else there is nothing to look for.</summary>
    private bool RemoveUndesired()
    {
        if (_tidied && !_inPart)
        {
            return false;
        }

        var removed = false;
        foreach (var key in _inPart ? [.. _tables.Slots.Keys.Where(k => !Current.Contains(k))] : _tables.Undesired())
        {
            removed |= _tables.Remove(key);
        }

        _tables.Tidy();
        _tidied = true;
        return removed;
    }

    private bool RemoveOne(Service service)
    {
        _inHand = service.Key;
        var removed = _tables.Remove(service.Key);
        _targets.Remove(service, EndpointRules);
        Current = Current.Without(service.Key);
        _inHand = null;
        return removed;
    }

    private bool ApplyOne(Service service)
    {
        _inHand = service.Key;
        _tables.Apply(service, _isHeld);
        if (Current.TryGet(service.Key, out var before))
        {
            _targets.Remove(before, EndpointRules);
        }

        if (ProbeTargets.LacksProbe(service) && (before is null || !ProbeTargets.LacksProbe(before)))
        {
            LogNoProbe(service.Key);
        }

        _targets.Add(service, EndpointRules);
        Current = Current.With(service);
        var lookAgain = false;
        foreach (var endpoint in service.Endpoints)
        {
            lookAgain |= SetActive(service, endpoint, whileUnknown: null);
        }

        _inHand = null;
        return lookAgain;
    }

    [LoggerMessage(2404, LogLevel.Warning, "Service {Service} asks for monitoring, but this version probes by TCP only: its endpoints count as up; set probetype and probeport to a TCP port of theirs")]
    private partial void LogNoProbe(ServiceKey service);
}
