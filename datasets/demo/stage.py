"""The stage: turns painted meshes into Blender objects, lights them and takes pictures.

The only module here that knows Blender (`bpy` 5.0).
"""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import groupby
from math import cos, radians, sin
from pathlib import Path
from typing import Any

import bpy
import numpy as np
from mathutils import Vector

from streetwatch.datasets.demo.camera import View
from streetwatch.datasets.demo.cutouts import Cutout, developed, read
from streetwatch.datasets.demo.materials import material
from streetwatch.datasets.demo.meshes import Mesh, Paint, Part, Sign, joined


@dataclass(frozen=True, slots=True)
class Light:
    """Sun and sky: angles in degrees, strengths in Blender's units."""

    elevation: float = 42.0
    azimuth: float = 215.0
    sun: float = 3.2
    sky: float = 0.9
    softness: float = 2.0
    tint: tuple[float, float, float] = (1.0, 0.95, 0.86)
    exposure: float = 0.0


def clear(light: Light, view: View) -> None:
    """Empties the stage and sets light, camera and renderer."""
    bpy.ops.wm.read_factory_settings(use_empty=True)
    scene = bpy.context.scene
    scene.render.engine = "CYCLES"
    scene.cycles.device = "CPU"
    scene.cycles.use_denoising = True
    scene.cycles.denoiser = "OPENIMAGEDENOISE"
    scene.cycles.max_bounces = 4
    scene.cycles.caustics_reflective = scene.cycles.caustics_refractive = False
    scene.render.use_persistent_data = False
    scene.render.film_transparent = True
    scene.render.image_settings.file_format = "PNG"
    scene.render.image_settings.color_mode = "RGBA"
    scene.render.image_settings.compression = 30
    scene.view_settings.view_transform = "AgX"
    scene.view_settings.look = "AgX - Medium High Contrast"
    scene.view_settings.exposure = light.exposure
    _light_up(scene, light)
    aim(view)


def _light_up(scene: Any, light: Light) -> None:  # noqa: ANN401  bpy has no types
    high, around = radians(light.elevation), radians(light.azimuth)
    toward = Vector((cos(high) * sin(around), cos(high) * cos(around), sin(high)))
    lamp = bpy.data.lights.new("sun", "SUN")
    lamp.energy, lamp.angle, lamp.color = light.sun, radians(light.softness), light.tint
    sun = bpy.data.objects.new("sun", lamp)
    sun.rotation_euler = toward.to_track_quat("Z", "Y").to_euler()
    scene.collection.objects.link(sun)
    scene.world = bpy.data.worlds.new("sky")
    nodes, links = scene.world.node_tree.nodes, scene.world.node_tree.links
    nodes.clear()
    ramp, split = nodes.new("ShaderNodeValToRGB"), nodes.new("ShaderNodeSeparateXYZ")
    shine, out = nodes.new("ShaderNodeBackground"), nodes.new("ShaderNodeOutputWorld")
    where = nodes.new("ShaderNodeTexCoord")
    links.new(where.outputs["Generated"], split.inputs[0])
    links.new(split.outputs["Z"], ramp.inputs["Fac"])
    links.new(ramp.outputs["Color"], shine.inputs["Color"])
    links.new(shine.outputs[0], out.inputs["Surface"])
    shine.inputs["Strength"].default_value = light.sky
    ends = ramp.color_ramp.elements
    ends[0].color, ends[1].color = (0.80, 0.86, 0.93, 1), (0.28, 0.47, 0.80, 1)
    ends[1].position = 0.6


def aim(view: View) -> None:
    """Hangs the camera."""
    scene = bpy.context.scene
    lens = bpy.data.cameras.new("camera")
    lens.angle = radians(view.across_deg)
    lens.clip_end = 500
    camera = bpy.data.objects.new("camera", lens)
    camera.location = view.at
    look = Vector(view.look_at) - Vector(view.at)
    camera.rotation_euler = look.to_track_quat("-Z", "Y").to_euler()
    scene.collection.objects.link(camera)
    scene.camera = camera
    scene.render.resolution_x, scene.render.resolution_y = view.width, view.height


def place(parts: Sequence[Part], *, catcher: bool = False) -> list[Any]:
    """Builds the parts, one object a paint; a `catcher` shows only what falls on it."""

    def kind(part: Part) -> tuple[str, bool]:
        return repr(part.paint), part.mesh.smooth

    objects = []
    for _, group in groupby(sorted(parts, key=kind), key=kind):
        alike = list(group)
        thing = _object(joined([part.mesh for part in alike]))
        thing.data.materials.append(material(alike[0].paint))
        thing.is_shadow_catcher = catcher
        if alike[0].paint.remesh_m:
            _melt(thing, alike[0].paint.remesh_m)
        objects.append(thing)
    return objects


def _object(mesh: Mesh) -> Any:  # noqa: ANN401
    data = bpy.data.meshes.new("part")
    data.from_pydata(mesh.points.tolist(), [], mesh.quads.tolist())
    data.polygons.foreach_set("use_smooth", [mesh.smooth] * len(mesh.quads))
    data.update()
    thing = bpy.data.objects.new("part", data)
    bpy.context.scene.collection.objects.link(thing)
    return thing


def _melt(thing: Any, voxel_m: float) -> None:  # noqa: ANN401
    skin = thing.modifiers.new("skin", "REMESH")
    skin.mode, skin.voxel_size, skin.use_smooth_shade = "VOXEL", voxel_m, True
    soft = thing.modifiers.new("soft", "SMOOTH")
    soft.factor, soft.iterations = 0.5, 4
    seen = thing.evaluated_get(bpy.context.evaluated_depsgraph_get())
    thing.data = bpy.data.meshes.new_from_object(seen)  # once, not at every render
    thing.modifiers.clear()


def remove(objects: Sequence[Any]) -> None:
    """Takes objects off the stage."""
    for thing in objects:
        data = thing.data
        bpy.data.objects.remove(thing)
        if data.users == 0:
            bpy.data.batch_remove([data])


def write(sign: Sign, *, catcher: bool = False) -> None:
    """Puts up lettering."""
    curve = bpy.data.curves.new("words", "FONT")
    curve.body, curve.size, curve.extrude = sign.words, sign.height, 0.01
    curve.align_x, curve.align_y = "CENTER", "CENTER"
    curve.materials.append(material(Paint(sign.rgb, 0.5)))
    thing = bpy.data.objects.new("words", curve)
    thing.location, thing.rotation_euler = sign.at, (np.pi / 2, 0, -np.pi / 2)
    thing.is_shadow_catcher = catcher
    bpy.context.scene.collection.objects.link(thing)


def shoot(path: Path, *, samples: int, crop: tuple[float, float, float, float]) -> None:
    """Renders the crop (left, top, right, bottom in 0..1) of the picture into a PNG."""
    scene = bpy.context.scene
    left, top, right, bottom = crop
    scene.render.use_border = scene.render.use_crop_to_border = crop != (0, 0, 1, 1)
    scene.render.border_min_x, scene.render.border_max_x = left, right
    scene.render.border_min_y, scene.render.border_max_y = 1 - bottom, 1 - top
    scene.cycles.samples = samples
    scene.render.filepath = str(path)
    bpy.ops.render.render(write_still=True)


def take(work: Path, *, samples: int, crop: tuple[float, float, float, float]) -> Cutout | None:
    """Photographs what stands among the catchers; None where nothing of it is in the crop.

    `work` is a scratch file; `crop` in 0..1 of the picture.
    """
    shoot(work, samples=samples, crop=crop)
    seen = read(work)
    with _without_catchers():
        shoot(work, samples=6, crop=crop)
    outline = read(work)
    work.unlink()
    width, height = _picture_size()
    return developed(seen, outline, round(crop[0] * width), round(crop[1] * height))


@contextmanager
def _without_catchers() -> Iterator[None]:
    """Hides what only catches shadows, to see an object's own outline."""
    cycles = bpy.context.scene.cycles
    hidden = [o for o in bpy.context.scene.objects if o.is_shadow_catcher]
    for thing in hidden:
        thing.hide_render = True
    cycles.use_denoising, cycles.max_bounces = False, 0
    try:
        yield
    finally:
        cycles.use_denoising, cycles.max_bounces = True, 4
        for thing in hidden:
            thing.hide_render = False


def _picture_size() -> tuple[int, int]:
    """Width and height of the whole picture in pixels."""
    render = bpy.context.scene.render
    return render.resolution_x, render.resolution_y


def show_sky() -> None:
    """Lets the sky be seen; without it the background is left clear."""
    bpy.context.scene.render.film_transparent = False
