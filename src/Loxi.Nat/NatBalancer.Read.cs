using System.Collections.Immutable;
using Loxi.Nat.Connections;
using Loxi.Nat.DataPlane;
using Loxi.Nat.Fragments;
using Loxi.Nat.Statistics;
using Loxi.Nat.Tables;

namespace Loxi.Nat;

/// <summary>What the balancer has done, for whoever watches it.</summary>
public sealed partial class NatBalancer
{
    /// <summary>The services in force with the state of their endpoints and what they have done.</summary>
    /// <returns>A new list, in the order of the keys.</returns>
    public ImmutableArray<ServiceStatus> ReadServices()
    {
        // Ten thousand services take tens of thousands of system calls to read: a change must not wait for them.
        var services = Current.ToOrderedArray();
        var places = new List<ServicePlaces>(services.Length);
        lock (_gate)
        {
            foreach (var service in services)
            {
                if (_tables.Slots.TryGetValue(service.Key, out var slot))
                {
                    places.Add(NatStatistics.Locate(service, slot));
                }
            }
        }

        return [.. places.Select(_statistics.Read)];
    }

    /// <summary>How often packets met each fate.</summary>
    /// <returns>One counter for each reason.</returns>
    public ImmutableArray<ReasonCounter> ReadReasons() => _statistics.ReadReasons();

    /// <summary>How many answers (RST, ICMP) refused packets got, and how many they did not get because of the limits on their rate.</summary>
    /// <returns>One counter for each kind of answer.</returns>
    public ImmutableArray<AnswerCounter> ReadAnswers() => _punts.ReadAnswers();

    /// <summary>What became of fragments that came before the first one of their datagram.</summary>
    /// <returns>Counters since the start of the process.</returns>
    public FragmentCounters ReadFragments() => _punts.Fragments;

    /// <summary>What became of packets that the programs left to user space to be translated between the address families.</summary>
    /// <returns>One counter for each outcome, since the start of the process.</returns>
    public ImmutableArray<TranslationCounter> ReadTranslations() => _punts.ReadTranslations();

    /// <summary>How often the kernel was asked to find a neighbour that the programs missed.</summary>
    /// <returns>Counters since the start of the process.</returns>
    public NeighbourCounters ReadNeighbours() => _punts.Neighbours.Counters;

    /// <summary>Records of the programs that could not be handled: a subscriber of <see cref="ConnectionTable.Changed"/> threw, or the kernel refused what they ask for.</summary>
    /// <value>A counter since the start of the process.</value>
    public long FailedRecords => _punts.Failures.Count;
}
