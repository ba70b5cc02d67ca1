using FluentAssertions;
using Loxi.Ebpf.Native.Links;
using Loxi.Nat.Interfaces;
using Xunit;

namespace Loxi.Nat.Tests.Interfaces;

public sealed class AttachmentPinTests
{
    [Theory]
    [InlineData("tcx_3", "tcx", TrafficDirection.Ingress, 3)]
    [InlineData("xdp_17", "xdp", TrafficDirection.Ingress, 17)]
    [InlineData("clsact_3_1_1_0", "clsact", TrafficDirection.Ingress, 3)]
    [InlineData("egresstcx_1", "tcx", TrafficDirection.Egress, 1)]
    [InlineData("egressclsact_4_50_2_1", "clsact", TrafficDirection.Egress, 4)]
    public void Name_SaysWhereItIs(string name, string hook, TrafficDirection direction, int interfaceIndex)
    {
        var pin = AttachmentPin.Parse(name)!.Value;

        (pin.Hook, pin.Direction, pin.InterfaceIndex).Should().Be((hook, direction, interfaceIndex));
        pin.ToString().Should().Be(name);
    }

    [Fact]
    public void ClsactName_HasPriorityHandleAndWhoMadeTheQdisc() =>
        AttachmentPin.Parse("egressclsact_4_50_2_1").Should().Be(new AttachmentPin("clsact", TrafficDirection.Egress, 4, 50, 2, true));

    [Theory]
    [InlineData("newclsact_3_0_0_0", true)]
    [InlineData("nextegressclsact_4_50_2_1", true)]
    [InlineData("clsact_3_1_1_0", false)]
    [InlineData("next", false)]
    [InlineData("newflow4", false)]
    public void UnfinishedName_IsKnownAndIsNoAttachment(string name, bool expected)
    {
        AttachmentPin.IsUnfinished(name).Should().Be(expected);
        (expected && AttachmentPin.Parse(name) is not null).Should().BeFalse();
    }

    [Theory]
    [InlineData("flow4")]
    [InlineData("tx_ports")]
    [InlineData("tcx")]
    [InlineData("tcx_")]
    [InlineData("tcx_-3")]
    [InlineData("tcx_3_1")]
    [InlineData("clsact_3")]
    [InlineData("egress_3")]
    [InlineData("endpoint_stats")]
    public void NamesOfMapsAndOthers_AreNone(string name) => AttachmentPin.Parse(name).Should().BeNull();
}
