"""Blender materials from paints: noise for patches and bumps, patterns for ground and walls."""

from typing import Any

import bpy

from streetwatch.datasets.demo.meshes import Paint


def material(paint: Paint) -> Any:  # noqa: ANN401  bpy has no types
    """The material of a paint, made once."""
    name = repr(paint)[:60] + str(hash(paint))
    found = bpy.data.materials.get(name)
    return found if found is not None else _made(name, paint)


def _made(name: str, paint: Paint) -> Any:  # noqa: ANN401
    made = bpy.data.materials.new(name)
    made.use_nodes = True
    tree = made.node_tree
    surface = tree.nodes["Principled BSDF"]
    surface.inputs["Base Color"].default_value = (*paint.rgb, 1)
    surface.inputs["Roughness"].default_value = paint.roughness
    surface.inputs["Metallic"].default_value = paint.metallic
    surface.inputs["Coat Weight"].default_value = paint.coat
    if paint.glow:
        surface.inputs["Emission Color"].default_value = (*paint.rgb, 1)
        surface.inputs["Emission Strength"].default_value = paint.glow
    place = tree.nodes.new("ShaderNodeTexCoord").outputs["Object"]
    colour = _pattern(tree, paint, place)
    if paint.mottle:
        colour = _mottled(tree, paint, place, colour)
    if colour is not None:
        tree.links.new(colour, surface.inputs["Base Color"])
    if paint.crinkle:
        _bump(tree, paint, place, surface)
    return made


def _noise(tree: Any, place: Any, size_m: float, detail: float = 4.0) -> Any:  # noqa: ANN401
    noise = tree.nodes.new("ShaderNodeTexNoise")
    noise.inputs["Scale"].default_value = 1 / size_m
    noise.inputs["Detail"].default_value = detail
    tree.links.new(place, noise.inputs["Vector"])
    return noise.outputs["Fac"]


def _pattern(tree: Any, paint: Paint, place: Any) -> Any:  # noqa: ANN401
    """Slabs laid in rows; None for a plain paint."""
    if paint.pattern != "slabs":
        return None
    slabs = tree.nodes.new("ShaderNodeTexBrick")
    slabs.inputs["Scale"].default_value = 1.0
    slabs.inputs["Brick Width"].default_value = 0.8
    slabs.inputs["Row Height"].default_value = 0.4
    slabs.inputs["Mortar Size"].default_value = 0.012
    slabs.inputs["Color1"].default_value = (*paint.rgb, 1)
    slabs.inputs["Color2"].default_value = (*(c * 0.86 for c in paint.rgb), 1)
    slabs.inputs["Mortar"].default_value = (*(c * 0.62 for c in paint.rgb), 1)
    tree.links.new(place, slabs.inputs["Vector"])
    return slabs.outputs["Color"]


def _mottled(tree: Any, paint: Paint, place: Any, colour: Any) -> Any:  # noqa: ANN401
    spread = tree.nodes.new("ShaderNodeMapRange")
    spread.inputs["From Min"].default_value, spread.inputs["From Max"].default_value = 0.3, 0.7
    spread.inputs["To Min"].default_value = 1 - paint.mottle
    spread.inputs["To Max"].default_value = 1 + paint.mottle
    tree.links.new(_noise(tree, place, paint.mottle_m), spread.inputs["Value"])
    mixed = tree.nodes.new("ShaderNodeVectorMath")
    mixed.operation = "SCALE"
    mixed.inputs[0].default_value = paint.rgb
    if colour is not None:
        tree.links.new(colour, mixed.inputs[0])
    tree.links.new(spread.outputs["Result"], mixed.inputs["Scale"])
    return mixed.outputs["Vector"]


def _bump(tree: Any, paint: Paint, place: Any, surface: Any) -> None:  # noqa: ANN401
    bump = tree.nodes.new("ShaderNodeBump")
    bump.inputs["Strength"].default_value = 1.0
    bump.inputs["Distance"].default_value = paint.crinkle
    tree.links.new(_noise(tree, place, paint.crinkle_m, 3.0), bump.inputs["Height"])
    tree.links.new(bump.outputs["Normal"], surface.inputs["Normal"])
