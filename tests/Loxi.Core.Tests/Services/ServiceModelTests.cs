using System.Diagnostics;
using System.Net;
using CsCheck;
using FluentAssertions;
using Loxi.Core.Services;
using Xunit;

namespace Loxi.Core.Tests.Services;

public sealed class ServiceModelTests
{
    [Fact]
    public void DifferenceFrom_AddRemoveChange_ListsEachOnce()
    {
        var kept = Some.Service(1);
        var current = ServiceModel.Create([kept, Some.Service(2), Some.Service(3)]);
        var changed = Some.Service(3) with { Name = "other" };
        var desired = ServiceModel.Create([Some.Service(1), changed, Some.Service(4)]);

        var difference = desired.DifferenceFrom(current);

        difference.Added.Should().Equal(Some.Service(4));
        difference.Removed.Should().Equal(Some.Service(2));
        difference.Changed.Should().Equal(new ServiceChange(Some.Service(3), changed));
        difference.IsEmpty.Should().BeFalse();
    }

    [Fact]
    public void DifferenceFrom_SameContentInOtherObjects_IsEmpty()
    {
        var a = ServiceModel.Create([Some.Service(1), Some.Service(2)]);
        var b = ServiceModel.Create([Some.Service(2), Some.Service(1)]);

        b.DifferenceFrom(a).IsEmpty.Should().BeTrue();
    }

    [Fact]
    public void DifferenceFrom_RandomModels_AppliedToOneGivesTheOther()
    {
        var model = Gen.Int[0, 12].Select(Gen.Int[0, 3], (key, variant) => Some.Service(key) with { Name = $"v{variant}" }).List[0, 20]
            .Select(static list => ServiceModel.Create(list));
        Gen.Select(model, model).Sample((from, to) =>
        {
            var difference = to.DifferenceFrom(from);
            var result = from.Without(difference.Removed.Select(static s => s.Key));
            foreach (var service in difference.Added.Concat(difference.Changed.Select(static c => c.To)))
            {
                result = result.With(service);
            }

            return result.DifferenceFrom(to).IsEmpty && result.Count == to.Count
                && difference.Changed.All(c => !c.From.Equals(c.To))
                && difference.Added.All(s => !from.Contains(s.Key));
        });
    }

    [Fact]
    public void DifferenceFrom_TheModelItWasMadeFrom_IsTheSameAsByComparison()
    {
        var step = Gen.Select(Gen.Int[0, 2], Gen.Int[0, 8], Gen.Int[0, 2]);
        step.List[1, 12].Sample(steps =>
        {
            var model = ServiceModel.Create(Enumerable.Range(0, 5).Select(static i => Some.Service(i)));
            foreach (var (kind, key, variant) in steps)
            {
                var before = model;
                model = kind switch
                {
                    0 => before.With(Some.Service(key) with { Name = $"v{variant}" }),
                    1 => before.Without(Some.Service(key).Key),
                    _ => before.Without([Some.Service(key).Key, Some.Service(key + 1).Key, Some.Service(key).Key]),
                };
                var quick = model.DifferenceFrom(before);
                // Other objects of the same content: nothing is known of where they come from.
                var slow = ServiceModel.Create(model).DifferenceFrom(ServiceModel.Create(before));
                if (!quick.Added.ToHashSet().SetEquals(slow.Added) || !quick.Removed.ToHashSet().SetEquals(slow.Removed)
                    || !quick.Changed.ToHashSet().SetEquals(slow.Changed) || quick.Removed.Length != slow.Removed.Length)
                {
                    return false;
                }
            }

            return true;
        });
    }

    [Fact]
    public void WithAndWithout_ChangeNothing_ReturnSameModel()
    {
        var model = ServiceModel.Create([Some.Service(1)]);

        model.With(Some.Service(1)).Should().BeSameAs(model);
        model.Without(Some.Service(2).Key).Should().BeSameAs(model);
    }

    [Fact]
    public void ToOrderedArray_AnyInsertion_IsSortedByKey()
    {
        var model = ServiceModel.Create([Some.Service(9), Some.Service(2), Some.Service(300)]);

        model.ToOrderedArray().Select(static s => s.Key).Should().Equal(Some.Service(2).Key, Some.Service(9).Key, Some.Service(300).Key);
    }

    [Fact]
    public void Create_TenThousandServicesOfFourEndpoints_TakesSecondsAtMost()
    {
        var services = Enumerable.Range(0, 10_000).Select(static i => Some.Service(i, 4)).ToArray();
        var model = ServiceModel.Create(services);
        var clock = Stopwatch.StartNew();

        model = ServiceModel.Create(services);
        var empty = model.DifferenceFrom(ServiceModel.Create(services)).IsEmpty;

        // The design asks for 50 ms on a quiet machine; the bound here is for a busy one.
        clock.Elapsed.Should().BeLessThan(TimeSpan.FromSeconds(5));
        empty.Should().BeTrue();
        model.Count.Should().Be(10_000);
    }

    [Fact]
    public void Endpoints_GivenInAnyOrder_AreSortedAndCompareEqual()
    {
        var a = Some.Service(1) with { Endpoints = [Some.Endpoint(3), Some.Endpoint(1), Some.Endpoint(2)] };
        var b = Some.Service(1) with { Endpoints = [Some.Endpoint(2), Some.Endpoint(3), Some.Endpoint(1)] };

        a.Should().Be(b);
        a.Endpoints.Should().Equal(Some.Endpoint(1), Some.Endpoint(2), Some.Endpoint(3));
    }

    [Theory]
    [InlineData("10.0.0.2", "10.0.0.10")]
    [InlineData("255.0.0.1", "::1")]
    [InlineData("2001:db8::2", "2001:db8::10")]
    public void AddressOrder_Pairs_AreNumericAndV4First(string smaller, string greater)
    {
        AddressOrder.Compare(IPAddress.Parse(smaller), IPAddress.Parse(greater)).Should().BeNegative();
        AddressOrder.Compare(IPAddress.Parse(greater), IPAddress.Parse(smaller)).Should().BePositive();
        AddressOrder.Compare(IPAddress.Parse(greater), IPAddress.Parse(greater)).Should().Be(0);
    }

    [Fact]
    public void IsEquivalentTo_DefaultSpelledOut_IsTrue()
    {
        var implicitDefault = Some.Service(1);
        var spelledOut = implicitDefault with { InactiveTimeout = TimeSpan.FromSeconds(7440), Probe = new ServiceProbe { Type = ProbeType.None } };

        implicitDefault.Equals(spelledOut).Should().BeFalse();
        implicitDefault.IsEquivalentTo(spelledOut).Should().BeTrue();
        implicitDefault.IsEquivalentTo(implicitDefault with { Monitor = true }).Should().BeFalse();
    }
}
