using FluentAssertions;
using Loxi.Core.Services;
using Xunit;

namespace Loxi.Core.Tests.Services;

public sealed class PortRangeTests
{
    private static readonly Service Range = Some.Service(1) with { Key = Some.Service(1).Key with { Port = 100, PortMax = 200 } };

    [Theory]
    [InlineData(200, 300, 1)]
    [InlineData(50, 100, 1)]
    [InlineData(120, 130, 1)]
    [InlineData(50, 300, 1)]
    [InlineData(100, 250, 1)]
    [InlineData(201, 300, 0)]
    [InlineData(50, 99, 0)]
    [InlineData(150, 150, 0)]
    [InlineData(100, 100, 0)]
    public void Ranges_ThatHaveAPortInCommon_AreRefused(int first, int last, int problems)
    {
        var other = Range.Key with { Port = (ushort)first, PortMax = (ushort)last };
        var both = ServiceModel.Create([Range, Range with { Key = other }]);

        ServiceValidator.Validate(both).Should().HaveCount(problems);
        ServiceValidator.ValidateRange(other, ServiceModel.Create([Range])).Select(static p => p.ToString()).Should().BeEquivalentTo(
            problems == 0 ? [] : [$"serviceArguments.portMax: value '{first}-{last}', expected no port of the range 100-200 of another service"]);
    }

    [Fact]
    public void Ranges_OfAnotherAddressProtocolOrBlock_MayOverlap()
    {
        Service[] services =
        [
            Range,
            Range with { Key = Range.Key with { Vip = Some.Service(2).Key.Vip } },
            Range with { Key = Range.Key with { Protocol = ServiceProtocol.Udp } },
            Range with { Key = Range.Key with { Block = 1 } },
        ];

        ServiceValidator.Validate(ServiceModel.Create(services)).Should().BeEmpty();
        services.SelectMany(s => ServiceValidator.ValidateRange(s.Key, ServiceModel.Create(services))).Should().BeEmpty();
    }

    [Fact]
    public void Validate_NarrowRangeAndLaterOneInAWideOne_BothAreNamedWithTheirKey()
    {
        var model = ServiceModel.Create(new[] { (10, 100), (20, 30), (50, 60) }.Select(static r => Range with { Key = Range.Key with { Port = (ushort)r.Item1, PortMax = (ushort)r.Item2 } }));

        ServiceValidator.Validate(model).Select(static p => p.ToString()).Should().BeEquivalentTo(
            "tcp 198.18.0.1:20-30: serviceArguments.portMax: value '20-30', expected no port of the range 10-100 of another service",
            "tcp 198.18.0.1:50-60: serviceArguments.portMax: value '50-60', expected no port of the range 10-100 of another service");
    }
}
